# written by gen__import__("runpy").run_path("/build/app-1.0/p.py")
x = 1
