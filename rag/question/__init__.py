"""A question and its history in, a plan out, by rules alone: they need no model and fail towards a plain lookup."""

from rag.question.follow_up import MAX_QUESTION, leans
from rag.question.plan import Plan, plan
from rag.question.subject import subject_of

__all__ = ["MAX_QUESTION", "Plan", "leans", "plan", "subject_of"]
