"""Every word said to a language model. Nothing stands here yet: answers are written without one."""
