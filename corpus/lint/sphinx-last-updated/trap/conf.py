extensions = ["sphinx_gallery.gen_gallery"]
sphinx_gallery_conf = {"min_reported_time": 1000}
html_last_updated_fmt = ""
# html_last_updated_fmt = "%b %d, %Y"
