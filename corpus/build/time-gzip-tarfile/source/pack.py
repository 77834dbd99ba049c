import tarfile


def plain(member):
    member.mtime = 0
    member.mode = 0o644
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


with tarfile.open("out.tar.gz", "w:gz") as out:
    out.add("data.txt", filter=plain)
