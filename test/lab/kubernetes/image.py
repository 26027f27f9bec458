"""Two images of one static busybox in the format of `docker save`: image.py BUSYBOX OUT.tar"""
import hashlib, io, json, sys, tarfile

LINKS = "sh sleep cat echo false true tail dd kill yes head httpd wget ps id hostname".split()
PAUSE = ["/bin/sh", "-c", "trap : TERM INT; while :; do sleep 3600 & wait $!; done"]


def add(tar, name, data=None, **fields):
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    if data is not None:
        info.size = len(data)
    tar.addfile(info, None if data is None else io.BytesIO(data))


buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w") as layer:
    for folder in ("bin", "tmp", "etc", "proc", "sys", "dev"):
        add(layer, folder, type=tarfile.DIRTYPE, mode=0o755)
    with open(sys.argv[1], "rb") as busybox:
        add(layer, "bin/busybox", busybox.read(), mode=0o755)
    for link in LINKS:
        add(layer, "bin/" + link, type=tarfile.SYMTYPE, linkname="busybox")
digest = hashlib.sha256(buffer.getvalue()).hexdigest()
manifest = []
with tarfile.open(sys.argv[2], "w") as image:
    add(image, "layer.tar", buffer.getvalue())
    for tag, command in (("docker.io/lab/pause:1", PAUSE), ("docker.io/lab/bb:1", ["/bin/sh"])):
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/bin"], "Entrypoint": command},
                             "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]}}).encode()
        name = hashlib.sha256(config).hexdigest() + ".json"
        add(image, name, config)
        manifest.append({"Config": name, "RepoTags": [tag], "Layers": ["layer.tar"]})
    add(image, "manifest.json", json.dumps(manifest).encode())
