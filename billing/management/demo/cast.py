"""Who is in the demo: the MSP's people, its clients and what they own. Plain data."""

from dataclasses import dataclass
from decimal import Decimal

SLUG = "northlight"
NAME = "Northlight IT"
ZONE = "America/Chicago"
PASSWORD = "northlight-demo"  # noqa: S105 - printed by `make demo`, for a server on this machine only

STAFF = (  # name, role
    ("Alicia Brandt", "owner"),
    ("Maya Okoro", "technician"),
    ("Tomas Reyl", "technician"),
    ("Priya Nandi", "technician"),
    ("Jonas Weck", "finance"),
)


@dataclass(frozen=True)
class Company:
    """A client: `plan` names its agreement, `months` how long it has run at most."""

    name: str
    code: str
    industry: str
    zone: str
    sites: tuple[str, ...]
    devices: dict[str, int]
    users: int
    plan: str
    months: int
    tax: Decimal = Decimal(0)


CHICAGO, NEW_YORK, DENVER = "America/Chicago", "America/New_York", "America/Denver"

COMPANIES = (
    Company("Tidewell Dental", "TWD", "Dental practice", CHICAGO, ("Oak Street", "Elm Street"),
            {"server": 2, "workstation": 12, "laptop": 3, "firewall": 2, "printer": 2}, 18,
            "complete", 6),
    Company("Fennimore Freight", "FFR", "Logistics", CHICAGO, ("Depot", "Office"),
            {"server": 2, "workstation": 9, "laptop": 4, "firewall": 1, "switch": 2}, 14,
            "essential", 6, Decimal("6.250")),
    Company("Larkspur Lane Credit Union", "LLC", "Credit union", NEW_YORK, ("Main branch",),
            {"server": 3, "workstation": 8, "laptop": 4, "firewall": 2}, 16, "complete", 6),
    Company("Juniperhill Early Learning", "JEL", "Childcare", CHICAGO, ("Hill House",),
            {"workstation": 4, "laptop": 5, "access_point": 2}, 11, "people", 6),
    Company("Heronvale Brewing", "HVB", "Brewery", DENVER, ("Brewhouse", "Taproom"),
            {"server": 1, "workstation": 4, "laptop": 2, "sensor": 3, "firewall": 1}, 8,
            "prepaid", 3, Decimal("4.810")),
    Company("Aldermoor Architects", "ALA", "Architecture", NEW_YORK, ("Studio",),
            {"server": 1, "workstation": 7, "laptop": 4, "storage": 1}, 12, "complete", 6),
    Company("Meridell Tax Advisors", "MTA", "Accounting", CHICAGO, ("Office",),
            {"server": 1, "workstation": 6, "laptop": 3, "firewall": 1}, 10, "people", 6),
    Company("Redfern Veterinary", "RFV", "Veterinary", CHICAGO, ("Clinic",),
            {"server": 1, "workstation": 5, "laptop": 1, "printer": 1}, 7, "hourly", 6),
    Company("Marlowick Engineering", "MWE", "Engineering", NEW_YORK, ("Works", "Yard"),
            {"server": 2, "workstation": 8, "laptop": 3, "switch": 1}, 13, "complete", 6,
            Decimal("8.875")),
    Company("Quillhaven Legal", "QHL", "Law firm", NEW_YORK, ("Chambers",),
            {"server": 1, "workstation": 5, "laptop": 4}, 9, "people", 6),
    Company("Prairiefold Title", "PFT", "Title company", CHICAGO, ("Office",),
            {"workstation": 4, "laptop": 2, "firewall": 1}, 6, "essential", 4),
    Company("Trilby Orthopedics", "TOR", "Clinic", CHICAGO, ("Clinic",),
            {"workstation": 2, "laptop": 1}, 3, "none", 2),
)  # fmt: skip

STREETS = (
    "Oak Street", "Depot Road", "Larkspur Lane", "Juniper Hill", "Mill Street", "Court Square",
    "Meridian Avenue", "Redfern Road", "Foundry Lane", "Chambers Street", "Prairie Avenue",
    "Clinic Drive",
)  # fmt: skip


def address_of(company: Company) -> str:
    """Where its bills go."""
    number = COMPANIES.index(company)
    return f"{112 + 38 * number} {STREETS[number]}\nSpringfield"


MODELS = {
    "server": ("Dell", "PowerEdge R350", "Windows Server 2022"),
    "workstation": ("HP", "ProDesk 400 G9", "Windows 11 Pro"),
    "laptop": ("Lenovo", "ThinkPad E14", "Windows 11 Pro"),
    "firewall": ("Fortinet", "FortiGate 40F", "FortiOS 7.4"),
    "switch": ("Aruba", "1930 24G", "Aruba OS"),
    "access_point": ("Ubiquiti", "U6 Lite", "UniFi 7"),
    "storage": ("Synology", "DS923+", "DSM 7.2"),
    "printer": ("Brother", "HL-L6310DW", ""),
    "sensor": ("Shelly", "H&T", ""),
}
SHORT = {
    "server": "SRV", "workstation": "WS", "laptop": "LT", "firewall": "FW", "switch": "SW",
    "access_point": "AP", "storage": "NAS", "printer": "PRN", "sensor": "TMP",
}  # fmt: skip

FIRST = (
    "Dana", "Irma", "Colm", "Nadia", "Owen", "Petra", "Silas", "Ruth", "Hugo", "Mina", "Edith",
    "Lars", "Wanda", "Felix", "Greta", "Abel", "Noor", "Stella", "Ivo", "June",
)  # fmt: skip
LAST = (
    "Whitlow", "Osgrove", "Tamsin", "Brackett", "Lindqvest", "Farrow", "Pellam", "Harkin",
    "Sorrel", "Vance", "Quimby", "Ashdown", "Merrin", "Cobbold", "Thistle", "Rooke", "Haddon",
)  # fmt: skip

REQUESTS = (  # subject, what the client wrote, what we answered
    ("Shared mailbox not syncing on two phones",
     "Two of us stopped getting mail from the shared mailbox on our phones this morning.",
     "I reset the sync of the mailbox on both phones. Mail of this morning should be there now."),
    ("Excel add-in blocked after the update",
     "Since last night Excel says our add-in is blocked and we cannot post invoices.",
     "The update changed a trust setting. I have signed the add-in again for all of you."),
    ("New starter on Monday: laptop, licence, door fob",
     "A new colleague starts on Monday and needs the usual set-up.",
     "The laptop is prepared and the licence ordered. We will be on site Monday at nine."),
    ("Printer in reception prints half pages",
     "Every second page is half empty, also after switching it off and on.",
     "The tray sensor was set to the wrong paper. It prints whole pages again."),
    ("Two people locked out after the password change",
     "We changed our passwords as asked and now cannot sign in.",
     "Both accounts are unlocked. One phone kept trying the old password; please update it there."),
    ("Scan to folder stopped working",
     "The scanner says the folder cannot be reached.",
     "The folder's password had expired. Scanning works again and the password no longer expires."),
    ("Wi-Fi drops in the meeting room",
     "Video calls break every few minutes, only in the meeting room.",
     "The access point was on a crowded channel. We moved it and have seen no drop since."),
    ("Please add a distribution list for the season",
     "We need a list called season with the five people in the attached mail.",
     "The list is there and all five received the test message."),
    ("Backup report shows a warning",
     "The weekly report says one job finished with warnings. Is that a problem?",
     "One open file was skipped and was saved in the next run. Nothing is missing."),
    ("VPN asks for a code that never arrives",
     "I am working from home and the code for the VPN does not come.",
     "Your phone number had changed. It is corrected, and the code arrives again."),
    ("Second screen stays black",
     "The second screen on the desk by the window stays black since today.",
     "A loose cable. It sits firmly now, and we left a spare in the cupboard."),
    ("Certificate warning on the booking page",
     "Customers see a warning when they open our booking page.",
     "The certificate is renewed and renews itself from now on."),
)  # fmt: skip
