open("build_info.py", "w").write("HOST = None")  # not socket.gethostname()
