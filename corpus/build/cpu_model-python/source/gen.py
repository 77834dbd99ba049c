with open("/proc/cpuinfo") as info:
    models = {line.split(":")[1].strip() for line in info if line.startswith("model name")}
with open("tuning.txt", "w") as out:
    out.write("\n".join(sorted(models)) + "\n")
