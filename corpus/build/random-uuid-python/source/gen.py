import uuid

with open("project.xml", "w") as out:
    out.write(f"<project guid=\"{uuid.uuid4()}\"/>\n")
