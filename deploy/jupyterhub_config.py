"""riskkit's dashboard as a service of a JupyterHub: everybody of the group opens it at /services/riskkit/.

Add to the hub's own configuration. The hub passes requests on and starts the dashboard again when it has ended; who may
record is asked by the dashboard itself, by its passwords (`riskkit dashboard RUN --set-password contributor`).
"""

RUN = "/srv/riskkit/reports/durand"
HOST_NAME = "hub.example.fr"  # as colleagues type it
PORT = 8899

c = get_config()  # noqa: F821 - JupyterHub defines it

c.JupyterHub.services = [  # beside those the hub has
    {
        "name": "riskkit",
        "url": f"http://127.0.0.1:{PORT}",
        "command": [
            "/srv/riskkit/.venv/bin/riskkit", "dashboard", RUN, "--no-browser", f"--port={PORT}",
            f"--host-name={HOST_NAME}", "--base-url=/services/riskkit/",
        ],
        "display": True,
    },
]  # fmt: skip
c.JupyterHub.load_roles = [
    {"name": "riskkit-readers", "groups": ["recouvrement"], "scopes": ["access:services!service=riskkit"]},
]
