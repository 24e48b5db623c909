from django.apps import AppConfig

from msp.kit.slots import Nav, News


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    fills = {
        "client": ["billing.pages.on_client_page"],
        "client-tabs": ["billing.pages.on_client_tabs"],
        "project": ["billing.pages.on_project_page"],
        "today": ["billing.pages.on_today"],
        "agreement": ["billing.pages.on_agreement_page"],
        "device-rail": ["billing.pages.on_device_page"],
        "unit-rail": ["billing.pages.on_unit_page"],
        "palette": ["billing.pages.found_here"],
        "ticket-rail": ["billing.pages.on_ticket_rail"],
        "incident-promise": ["billing.pages.on_incident_promise"],
        "portal-agreement": ["billing.portal.on_portal_agreement"],
        "portal-home": ["billing.portal.on_portal_home"],
    }
    news = [News("invoice", "billing.view"), News("billing", "billing.view")]
    nav = [
        Nav(
            "Commercial", "run", "Billing runs", "receipt-text", "run-list", "billing.view",
            order=45,
        ),
        Nav(
            "Commercial", "invoice", "Invoices", "wallet", "invoice-list", "billing.view",
            order=46, also=("line",),
        ),
        Nav(
            "", "invoice", "Invoices", "receipt-text", "portal-invoice-list", side="portal",
            order=30, roles=("billing", "admin"),
        ),
    ]  # fmt: skip
