import tarfile


def anonymous(member):
    member.mode = 0o644
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


with open("data.bin", "wb") as data:
    data.write(bytes(range(16)))
with tarfile.open("out.tar", "w", format=tarfile.PAX_FORMAT) as out:
    out.add("data.bin", filter=anonymous)
