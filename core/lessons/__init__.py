"""Lessons as data: folders of TOML and Markdown, with questions whose right answers are computed."""
