"""Teaching: samples, parent version and settings in; progress and an adapter's files out.

The service uses `teacher.Teacher` and the words of `job`. All else runs in the process that
`python -m lib.engine.training` is, so that torch never weighs on the one that answers.
"""
