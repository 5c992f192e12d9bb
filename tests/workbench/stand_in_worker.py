"""A worker that makes its run in no time: what its portfolio is called says how it ends."""

import json
import os
import sys
import threading
import time
from pathlib import Path

from riskkit.workbench.run_folder import building

order = json.loads(sys.stdin.readline())
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
name = Path(order["folder"]).name
print(json.dumps({"event": "stage", "stage": "read"}), flush=True)
if "dies" in name:
    os.kill(os.getpid(), 9)
if "fails" in name:
    print(json.dumps({"event": "failed", "messages": ["because"], "exit_code": 1}), flush=True)
    sys.exit()
killed = Path(order["root"]) / "killed"
if "kills-its-machine" in name and not killed.exists():
    killed.write_text("")
    os.kill(os.getppid(), 9)
run = Path(order["root"]) / name / "2024-03-31"
with open(Path(order["root"]) / "begun.txt", "a") as log:
    log.write(name + "\n")
with building(run) as aside:
    for number in range(10):
        (aside / f"{number}.txt").write_text(name)
        time.sleep(0.005)
    (aside / "manifest.json").write_text(json.dumps({"name": name}))
print(json.dumps({"event": "done", "run": str(run)}), flush=True)
