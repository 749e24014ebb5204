"""Class mode: a teacher leads a lesson, and the phones in the room join, vote and click.

Nothing personal is kept: a seat is a random token and a made-up nickname, and all goes when the class ends.
"""
