"""A question and its history in, a plan out, by rules alone: they need no model and fail towards a plain lookup."""

from rag.question.chat import is_task, reply
from rag.question.follow_up import MAX_QUESTION, leans
from rag.question.history import History, turns_of
from rag.question.listed import OPENERS
from rag.question.many import probability_of_many
from rag.question.plan import Plan, plan
from rag.question.remark import OF_ANY
from rag.question.route import BY_DATE, CITED, MOST_OF_ALL, NEWEST, OLDEST, WRITE, route_of
from rag.question.subject import LEFT_OUT, is_topic, subject_of
from rag.question.tallied import Tally, tallied

__all__ = [
    "BY_DATE",
    "CITED",
    "LEFT_OUT",
    "MAX_QUESTION",
    "MOST_OF_ALL",
    "NEWEST",
    "OF_ANY",
    "OLDEST",
    "OPENERS",
    "WRITE",
    "History",
    "Plan",
    "Tally",
    "is_task",
    "is_topic",
    "leans",
    "plan",
    "probability_of_many",
    "reply",
    "route_of",
    "subject_of",
    "tallied",
    "turns_of",
]
