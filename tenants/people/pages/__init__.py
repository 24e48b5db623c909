"""The people of the MSP: home, own account, the team and its API keys."""

from tenants.people.pages import account, home, keys, team

urlpatterns = [
    *home.urlpatterns,
    *team.urlpatterns,
    *keys.urlpatterns,
    *account.urlpatterns,
]
