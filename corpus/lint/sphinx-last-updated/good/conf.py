extensions = []
html_last_updated_fmt = None
html_context = {}
