"""nginx, Redis and the units' processes, each from its file in ``deploy/``."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.servers import ROOT, Redis, Server, find_nginx, free_port, listens

from .files import APP, DEPLOY, SITE, SYSTEMD, VAR, fitted, unit_command, unit_environment

# Around our file stands Debian's own: the same in short, with every folder in the test's.
NGINX_AROUND = """
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
{user}
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/schalter.conf;
}}
"""


class Nginx(Server):
    """``deploy/nginx/schalter.conf`` for ``https://localhost`` with a certificate of its own.

    ``ports`` are those of the processes behind it, by those in the file.
    """

    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, var: Path, ports: Mapping[int, int]) -> None:
        super().__init__(folder, "nginx")
        self.program = find_nginx()
        self.http_port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.certificate = folder / "fullchain.pem"
        text = (DEPLOY / "nginx" / "schalter.conf").read_text()
        text = re.sub(r"\n +listen \[::\]:.*", "", text)
        text = fitted(
            text,
            {
                f"/etc/letsencrypt/live/{SITE}": str(folder),
                "/var/log/nginx/error.log": str(self.log),
                SITE: "localhost",
                APP: str(ROOT),
                VAR: str(var),
                "listen 80": f"listen 127.0.0.1:{self.http_port}",
                "listen 443": f"listen 127.0.0.1:{self.port}",
            }
            | {f"server 127.0.0.1:{ours}": f"server 127.0.0.1:{ports[ours]}" for ours in ports},
        )
        (folder / "schalter.conf").write_text(text)
        user = "user root;" if os.getuid() == 0 else ""
        self.main = folder / "nginx.conf"
        self.main.write_text(NGINX_AROUND.format(folder=folder, user=user))
        make_certificate(self.certificate, folder / "privkey.pem")

    def command(self) -> list[str]:
        return [
            str(self.program),
            "-e",
            str(self.log),
            "-p",
            str(self.folder),
            "-c",
            str(self.main),
        ]

    def is_ready(self) -> bool:
        return listens(self.port)

    def faults(self) -> list[str]:
        """What ``nginx -t`` complains about; newer ones write HTTP/2 in another way."""
        found = subprocess.run([*self.command(), "-t", "-q"], capture_output=True, text=True)
        lines = found.stderr.splitlines()
        return [line for line in lines if 'http2" directive is deprecated' not in line]


def make_certificate(certificate: Path, key: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip


def missing_for_nginx() -> str:
    """Why nginx cannot be started here; empty where it can."""
    found = {"nginx": find_nginx(), "openssl": shutil.which("openssl")}
    missing = [name for name, path in found.items() if path is None]
    return f"please install: {' '.join(missing)}" if missing else ""


class RedisFromFile(Redis):
    """With the settings of ``deploy/redis.conf``."""

    def command(self) -> list[str]:
        program, *options = super().command()
        return [program, str(DEPLOY / "redis.conf"), *options]


class Unit(Server):
    """The process of a service, started with the command and the environment of its unit."""

    folder_to_run_in = ROOT
    # All of them start at once, each importing the product.
    start_seconds = 90
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, name: str, *, port: int | None = None) -> None:
        """``port`` is the one in the file, or of the instance; none where it does not listen.

        ``environment`` is to be set before it is started.
        """
        super().__init__(folder, f"{name}{port or ''}")
        path = SYSTEMD / f"{name}.service"
        others = {APP: str(ROOT)}
        if port:
            others["%i" if "@" in name else str(port)] = str(self.port)
        self.arguments = unit_command(path, others)
        self.own_environment = unit_environment(path)
        self.listening = port is not None

    def command(self) -> list[str]:
        return self.arguments

    def is_ready(self) -> bool:
        return listens(self.port) if self.listening else True
