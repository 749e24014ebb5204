"""What several pages use: the data-set picker, jobs and their bars, Markdown escaping, media, charts."""
