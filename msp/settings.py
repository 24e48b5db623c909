"""All settings, in blocks by topic. Values come from the environment through `msp.env`."""

from datetime import timedelta
from pathlib import Path

from msp import env
from msp.kit import logs

BASE_DIR = env.BASE
ROLE = env.role()
DEBUG = env.read.bool("DEBUG", default=False)
DEMO = env.read.bool("STEWARD_DEMO", default=False)
SECRET_KEY = env.required("SECRET_KEY")
DATA_DIR = Path(env.read.str("STEWARD_DATA", default=str(BASE_DIR / ".steward")))

# --- Hosts. The public host signs up and answers health; every MSP has hosts of its own. ---
PUBLIC_HOSTS = env.read.list("PUBLIC_HOSTS", default=["localhost", "127.0.0.1"])
TENANT_SUFFIX = env.read.str("TENANT_SUFFIX", default="localhost")
PORT = env.read.int("PORT", default=8000)
PUBLIC_SCHEME = env.read.str("PUBLIC_SCHEME", default="http")
ALLOWED_HOSTS = ["*"]  # tenants/middleware.py answers 404 to every host that is not ours
CSRF_TRUSTED_ORIGINS = env.read.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Apps. One home per table: an app is shared or in the tenant, never both. ---
SHARED_APPS = ["django_tenants", "tenants", "msp"]
TENANT_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "tenants.journal",
    "tenants.people",
    "tenants.notices",
    "contracts.clients",
    "contracts",
    "tickets",
    "tickets.dispatch",
    "tickets.projects",
    "monitoring",
    "billing",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "knox",
]
TOOL_APPS = [  # no tables
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "pgtrigger",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
INSTALLED_APPS = TOOL_APPS + SHARED_APPS + TENANT_APPS

TENANT_MODEL = "tenants.Msp"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # unique without regard to case, by a constraint
ROOT_URLCONF = "msp.urls"
PUBLIC_SCHEMA_URLCONF = "msp.public_urls"
WSGI_APPLICATION = "msp.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [  # headers and static files first: they are the same for every host
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "msp.kit.errors.GuardMiddleware",
    "tenants.middleware.tenant",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# --- Database. Only the owner process logs in as the owner of the tables. ---
DATABASE_URL = env.required("DATABASE_OWNER_URL" if ROLE == "owner" else "DATABASE_URL")
DATABASES = {
    "default": {
        **env.database(DATABASE_URL),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
APP_LOGIN = env.read.str("STEWARD_APP_LOGIN", default="steward_app")

# --- Valkey: cache, streams, live updates, and the broker. ---
REDIS_URL = env.required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.read.str("CACHE_PREFIX", default="cache"),
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

# --- Intake: above this a stream waits too long to take more (monitoring/ingest/keep.py). ---
INTAKE_MOST_ENTRIES = env.read.int("INTAKE_MOST_ENTRIES", default=500_000)
INTAKE_MOST_BYTES = env.read.int("INTAKE_MOST_BYTES", default=256 * 1024 * 1024)
INTAKE_SMTP = env.read.str("INTAKE_SMTP", default="")  # where mail is taken, if it is
# Requests a second of one key and of one MSP, in each web process (monitoring/ingest/limits.py).
INTAKE_KEY_RATE = env.read.int("INTAKE_KEY_RATE", default=500)
INTAKE_MSP_RATE = env.read.int("INTAKE_MSP_RATE", default=2000)
# Many MSPs silent at once are rather our own failure (monitoring/rules/platform.py): from which
# share of all devices on, in percent, 0 for never; and who is mailed.
DOUBT_SHARE = env.read.int("DOUBT_SHARE_PERCENT", default=25)
OPERATOR_EMAIL = env.read.str("OPERATOR_EMAIL", default="")
# How long what was measured is kept; whole days stay (monitoring/actions/thinning.py).
KEEP_READINGS = timedelta(days=env.read.int("KEEP_READINGS_DAYS", default=35))
KEEP_FINE = timedelta(days=env.read.int("KEEP_FINE_DAYS", default=100))
KEEP_ALERTS = timedelta(days=env.read.int("KEEP_ALERTS_DAYS", default=30))
KEEP_HOURLY = timedelta(days=env.read.int("KEEP_HOURLY_DAYS", default=800))

# --- Celery. The database is the ledger, a message is a hint (docs/decisions/0005). ---
CELERY_BROKER_URL = env.read.str("CELERY_BROKER_URL", default=env.broker_url(REDIS_URL))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "tenants.tasks.build_requested": {"queue": "owner"},
    "monitoring.tasks.watch_canaries": {"queue": "owner"},
    # Whatever waits for somebody else's server.
    "monitoring.tasks.tell_operator": {"queue": "sending"},
    "tenants.notices.tasks.send": {"queue": "sending"},
    "tenants.notices.tasks.send_outgoing": {"queue": "sending"},
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "global_keyprefix": env.read.str("BROKER_PREFIX", default=""),
}
CELERY_TIMEZONE = "UTC"


def _every(task: str, seconds: float) -> dict:
    return {
        "task": task,
        "schedule": timedelta(seconds=seconds),
        "options": {"expires": max(2, seconds)},
    }


CELERY_BEAT_SCHEDULE = {
    name: _every(name, seconds)
    for name, seconds in {
        "tenants.journal.tasks.sweep": 10,
        "tenants.notices.tasks.send_due": 5,
        "tenants.people.tasks.forget_replays": 3600,
        "tickets.tasks.sweep_clocks": 5,
        "tickets.dispatch.tasks.sweep_calls": 5,
        "monitoring.tasks.drain": 1,
        "monitoring.tasks.sweep": 2,
        "monitoring.tasks.tend_canaries": 10,
        "monitoring.tasks.begin_windows": 30,
        "monitoring.tasks.tell_operator": 30,
        "monitoring.tasks.follow_offers": 3600,
        "monitoring.tasks.look_ahead": 6 * 3600,
        "monitoring.tasks.metering.read_meters": 3600,
        "billing.tasks.open_due_runs": 300,
        "billing.tasks.sweep": 10,
        "contracts.tasks.renew_due": 3600,
        "contracts.tasks.expire_due": 60,
    }.items()
} | {
    "tenants.tasks.build_requested": _every("tenants.tasks.build_requested", 15)
    | {"options": {"queue": "owner", "expires": 15}},
    # In another process than what it watches over.
    "monitoring.tasks.watch_canaries": _every("monitoring.tasks.watch_canaries", 60)
    | {"options": {"queue": "owner", "expires": 60}},
}

# --- People ---
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tenants.notices.gateways.MailingAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {"login": "tenants.people.forms.LoginForm"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "login_link": "20/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/5m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "sign_up": "10/h/ip",
}
MFA_ADAPTER = "tenants.people.signin.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_SCHEME == "http"  # *.localhost while trying it out
KNOX_TOKEN_MODEL = "people.ApiKey"  # noqa: S105 - a model, not a secret
REST_KNOX = {"TOKEN_MODEL": KNOX_TOKEN_MODEL, "AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}

# --- Cookies and headers ---
SECURE = PUBLIC_SCHEME == "https"
# Limits count the address the last proxy of ours saw; the header is read only when it is ours.
ALLAUTH_TRUSTED_PROXY_COUNT = env.read.int("TRUSTED_PROXIES", default=int(SECURE))
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- Pages ---
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "msp.kit.web.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "libraries": {"lucide": "msp.templatetags.icons"},
            "builtins": ["django_cotton.templatetags.cotton", "msp.templatetags.slots"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
STATIC_URL = "/static/"
STATIC_ROOT = env.read.str("STATIC_ROOT", default="") or None  # the image collects into it
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.people.tokens.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.people.tokens.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["msp.kit.rest.parsing.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "msp.kit.rest.paging.Cursor",
    "DEFAULT_SCHEMA_CLASS": "msp.kit.rest.schema.Schema",
    "EXCEPTION_HANDLER": "msp.kit.rest.problems.problem",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Steward API",
    "DESCRIPTION": "Clients, agreements, tickets, incidents and invoices of one MSP, for programs.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]+",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "AgreementState": "contracts.models.Agreement.State",
        "CallState": "tickets.dispatch.models.Call.State",
        "IncidentState": "monitoring.models.Incident.State",
        "InvoiceState": "billing.models.Invoice.State",
        "ProjectState": "tickets.projects.models.Project.State",
        "QuoteState": "contracts.models.Quote.State",
        "TicketStatus": "tickets.api.tickets.STATUSES",
        "Priority": "tickets.models.Ticket.Priority",
        "Grade": "tickets.models.Ticket.Grade",
        "Channel": "tickets.models.Ticket.Channel",
        "MessageKind": "tickets.models.Message.Kind",
        "DeviceKind": "contracts.clients.models.Device.Kind",
        "Segment": "contracts.clients.models.Client.Segment",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "msp.kit.rest.schema.add_problems",
    ],
}

# --- Mail ---
EMAIL_CONFIG = env.read.email_url("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL_CONFIG["EMAIL_FILE_PATH"] or str(DATA_DIR / "mail")
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"] or "localhost"
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"] or 25
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"] or ""
EMAIL_TIMEOUT = 10
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env.read.str("MAIL_FROM", default="Steward <steward@localhost>")

# --- Channels: networks beside the internet that messages and webhooks may go to (a push server of
# one's own). Empty: none, and webhooks are https (tenants/notices/gateways). ---
OUTGOING_ALLOW = env.read.list("OUTGOING_ALLOW", default=[])

# --- Logs ---
LOGGING = logs.config(
    env.read.str("LOG_FORMAT", default="json"),
    env.read.str("LOG_LEVEL", default="INFO"),
)
