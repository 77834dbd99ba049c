# written by gen__import__("runpy").run_path("/home/eve/x/p.py")
x = 1
