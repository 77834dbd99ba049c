# places: 3
import datetime
import time

extensions = ["sphinx.ext.autodoc"]
copyright = f"{datetime.date.today().year}, X"
today = time.strftime("%Y-%m-%d")
html_context = {"built": datetime.datetime.now()}
