"""All settings, read from the environment through strict helpers.

Without any variable this is the embedded default: SQLite and the in-memory channel
layer under ``VAR_DIR``, one process. ``DATABASE_URL`` and ``REDIS_URL`` make it a
production installation; the code is the same.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).absolute()
VAR_DIR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """The key from the environment, else one made once and kept in ``VAR_DIR``."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# The address citizens see; links in mails and QR codes begin with it.
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")
PUBLIC_URL = PUBLIC_URL.rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")

# The demo is marked by a file, so that every process that shares VAR_DIR agrees on it. A site
# with https is for real people: there a file left behind makes no demo.
DEMO_CLOCK_FILE = VAR_DIR / "demo_clock"
DEMO = env.bool("DEMO", default=DEMO_CLOCK_FILE.exists() and not HTTPS)

INSTALLED_APPS = [
    "daphne",
    "modeltranslation",
    "booking",
    "kiosk",
    "queue_display",
    "booking.setup.apps.SetupSite",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "ninja",
]
AUTH_USER_MODEL = "booking.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "booking.context.page",
            ],
        },
    }
]


# Database, cache and channel layer -------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/schalter.sqlite3")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue up at BEGIN instead of failing half-way with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["ENGINE"] = "booking.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "pool": {
            "min_size": env.int("DATABASE_POOL_MIN", default=1),
            "max_size": env.int("DATABASE_POOL_MAX", default=16),
            # A restart of the server is waited for; whoever waits longer is told so.
            "timeout": 5,
            # By default pauses between attempts double for five minutes: after an outage of
            # one minute the pool would be deaf for up to another.
            "reconnect_timeout": 5,
            # Seconds. What a rush needed goes back soon: others may have none left.
            "max_idle": 30,
        },
        "connect_timeout": 5,
        # Somebody stands at the kiosk or sits at the desk: better a clear word than a wait.
        "options": (
            f"-c statement_timeout={env.int('STATEMENT_TIMEOUT', default=15)}s -c lock_timeout=5s"
        ),
    }

if SQLITE:
    # No proxy stands in front that would compress pages, as nginx does. Django pads what it
    # compresses, and the marks in forms are new each time: their length tells nobody anything.
    after_static_files = MIDDLEWARE.index("csp.middleware.CSPMiddleware")
    MIDDLEWARE.insert(after_static_files, "django.middleware.gzip.GZipMiddleware")

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, "max_connections": 1000}]},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # A Redis that hangs must not hold up a kiosk: without it nothing is limited.
            "OPTIONS": {
                "socket_connect_timeout": 1,
                "socket_timeout": 1,
                "serializer": "booking.cache.JsonSerializer",
            },
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # So that nobody can push out the counted attempts of others.
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    }


# Languages and time ----------------------------------------------------------------

LANGUAGE_CODE = "de"
# What citizens read and hear: booking, kiosk, ticket page, mails, calls.
LANGUAGES = [
    ("de", _("German")),
    ("en", _("English")),
    ("uk", _("Ukrainian")),
    ("ar", _("Arabic")),
    ("tr", _("Turkish")),
    ("ru", _("Russian")),
    ("de-simple", _("Easy-to-read German")),
]
# Those of the staff's pages: desk, front desk, displays, set-up.
STAFF_LANGUAGES = ["de", "en"]
# The registered subtag for Leichte Sprache, which Django does not know.
LANG_INFO["de-simple"] = {
    "bidi": False,
    "code": "de-simple",
    "name": "Easy-to-read German",
    "name_local": "Leichte Sprache",
}
LOCALE_PATHS = [BASE_DIR / "locale"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "de"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("de",)
TIME_ZONE = "Europe/Berlin"
USE_TZ = True


# Static files ----------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/kern", BASE_DIR / "node_modules/@kern-ux/native/dist"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "booking.lean_css.LeanKern",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


# Mail ------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
if env.str("EMAIL_URL", default=""):
    vars().update(EMAIL_CONFIG)
else:
    EMAIL_BACKEND = "booking.demo.mail.FileBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# Seconds for each answer of the mail server: an attempt of a dozen answers must end before its
# lease in the outbox does.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="termine@localhost")


# Short messages --------------------------------------------------------------------

# A gateway that takes an HTTP POST; without an address none is sent. {number} and {text} in the
# body are filled in, as JSON where the body is JSON, else as in a form.
SMS_URL = env.str("SMS_URL", default="")
SMS_BODY = env.str("SMS_BODY", default='{"to": {number}, "text": {text}}')
SMS_AUTHORIZATION = env.str("SMS_AUTHORIZATION", default="")
# Seconds for the gateway's answer.
SMS_TIMEOUT = 10


# Voice -----------------------------------------------------------------------------

# Speaks for displays whose browser has no voice: gets the sentence on standard input and writes
# {file}. Empty, or a program that is not there: the gong alone.
ESPEAK = "espeak-ng -v {language} -s 140 --stdin -w {file}"
SPEECH_COMMAND = env.str("SPEECH_COMMAND", default=ESPEAK)
SPEECH_DIR = VAR_DIR / "speech"
SPEECH_BYTES_AT_MOST = env.int("SPEECH_MEGABYTES", default=200) * 1_000_000


# Limits ----------------------------------------------------------------------------

# Appointments one address may hold per minute through the API; 0 is no limit.
HOLDS_PER_MINUTE = env.int("HOLDS_PER_MINUTE", default=120)
# Holds a minute, of one office and from one network, up to which nobody has to show a proof of
# work; beyond, the work grows with the rate. 0 is never.
PROOF_ABOVE_OF_OFFICE = env.int("PROOF_ABOVE_OF_OFFICE", default=60)
PROOF_ABOVE_OF_NETWORK = env.int("PROOF_ABOVE_OF_NETWORK", default=10)
# Sockets that one process keeps open for one ticket or login, and for one display's token;
# 0 is no limit.
SOCKETS_PER_KEY = env.int("SOCKETS_PER_KEY", default=50)
SOCKETS_PER_DISPLAY = env.int("SOCKETS_PER_DISPLAY", default=4000)


# Security --------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Guesses are counted per account, in known browsers apart from all others: strangers do not
# lock out whoever works here. Not per address: none is kept, and a whole office shares one.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "booking.sign_in.address_stand_in"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Forms carry the mark themselves; no script reads it.
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "booking.log_filter.WithoutSecrets"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Request lines hold secret links; errors still arrive through django.request.
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
        # While Redis is away it repeats a traceback every second; the hub says it in a line.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}
