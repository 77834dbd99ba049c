html_last_updated_fmt = "%b %d, %Y"
