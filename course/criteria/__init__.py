"""What a text about work and function says, and what it leaves out: found or not found, never a mark.

Pure, and below the content: the check of a model answer, the page one writes on and the page after it all ask
:func:`course.criteria.rules.look`.
"""
