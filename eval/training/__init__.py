"""How the linear models in `rag/weights` are trained: `python -m eval.training` does all of them, on train only."""
