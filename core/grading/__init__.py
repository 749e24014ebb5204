"""Grading: what somebody has painted over a drawn frame against its exact truth, and a network's answer too.

A `frames.DrawnFrame` has picture and truth, a `painting.Painting` what is painted over it, and `grade.grade`
counts pixels of both by class: every figure comes from these counts.
"""
