# places: 2
extensions = ["sphinx.ext.autodoc", "sphinx_gallery.gen_gallery"]
html_last_updated_fmt = "%b %d, %Y"
