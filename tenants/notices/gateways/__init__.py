"""What stands between us and the world outside."""

from tenants.notices.gateways.account import MailingAdapter

__all__ = ["MailingAdapter"]
