"""What both web services have in common. Their addresses and sizes are in their units."""

from gunicorn.config import Config
from gunicorn.glogging import Logger

from booking.log_filter import WithoutSecrets


class LoggerWithoutSecrets(Logger):
    """An error may repeat the address it happened at, and that may be a secret link."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.addFilter(WithoutSecrets())


logger_class = LoggerWithoutSecrets
# There is no access log: its lines would hold secret links.
accesslog = None

worker_class = "gthread"
# As many may wait for a thread when everybody comes at once; net.core.somaxconn is 4096 too.
backlog = 4096
# Only nginx asks, on this machine: a new connection for each request costs next to nothing, and
# no booking gets lost in one that is just being closed.
keepalive = 0
graceful_timeout = 30
# Heartbeats of the workers, in memory and not on a disk that may be busy.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a folder for unnamed files
control_socket_disable = True
