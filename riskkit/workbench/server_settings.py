"""Every setting of the dashboard server, in one place: what Voila is told, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskkit.workbench.page_style import page_style
from riskkit.workbench.session_log import NAME, ROLE, SESSION
from riskkit.workbench.shell import shell_texts

# Scripts come from files of this server only, never from the page: markup smuggled in through a customer's name has
# nothing that it can run. Widgets set styles directly, hence 'unsafe-inline' for styles alone.
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def voila_settings(
    *,
    port: int,
    access: Mapping[str, Any],
    language: str = "fr",
    address: str = "127.0.0.1",
    base_url: str = "/",
    preheated: int = 1,
) -> dict[str, dict[str, Any]]:
    """Every Voila and Jupyter setting that the dashboard relies on, as sections of a traitlets configuration."""
    widgets = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]
    return {
        "Voila": {
            "ip": address,
            "port": port,
            "port_retries": 0,
            "open_browser": False,
            "base_url": base_url,
            "token": access["token"],
            "identity_provider_class": "riskkit.workbench.access.RoleIdentityProvider",
        },
        "VoilaConfiguration": {
            "template": "riskkit",
            "theme": "light",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "show_tracebacks": False,
            "strip_sources": True,
            "classic_tree": True,
            "extension_allowlist": widgets,
            "file_allowlist": [],
            "http_header_envs": [ROLE, NAME, SESSION],
            "preheat_kernel": preheated > 0,
            "default_pool_size": max(preheated, 0),
            "resources": {"riskkit": shell_texts(language), "riskkit_style": page_style()},
        },
        # No cell time limit: a kernel prepared in advance waits inside a cell until somebody comes, possibly for days.
        "VoilaExecutor": {"timeout": None, "cell_error_instruction": ""},
        "VoilaExporter": {"language_code": language},
        # A kernel started again would have lost the page's state without the page knowing: the page is told instead.
        "KernelManager": {"transport": "ipc", "autorestart": False},
        # Kernels whose page is closed are freed at once; this catches pages that could not say goodbye.
        "MappingKernelManager": {
            "cull_idle_timeout": 600,
            "cull_interval": 30,
            "cull_connected": False,
            "cull_busy": False,
        },
        "RoleIdentityProvider": {"cookie_options": {"samesite": "Lax"}} | dict(access),
    }
