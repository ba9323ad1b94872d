"""The inbox: who reviews what, and the judgement of a work."""
