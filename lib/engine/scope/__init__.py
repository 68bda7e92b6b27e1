"""Scope: whether a question is near one of the corrections that a version holds.

    question     which part of a query is the question
    words        what two questions have in common, and whether a name was swapped for another
    sentences    what a sentence means, as a vector (MiniLM, through ONNX Runtime)
    twin         that model as ONNX Runtime reads it
    index        questions by their words
    corrections  one version's corrections, and which of them a question is near to
    pairs        which of some questions are near which of others
    scopes       all versions' corrections, made when they are first needed

A version whose scope is *near* answers only what is near. Any other question is answered by the
base model without the adapter: a version holds the corrections of all its ancestors, so what is far
from each of them is no question of theirs either.
"""
