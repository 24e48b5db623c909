"""The people of the MSP: home, own account, the team and its API keys."""

from tenants.people.pages import account, home, keys, setup, team, teams

urlpatterns = [
    *home.urlpatterns,
    *setup.urlpatterns,
    *team.urlpatterns,
    *teams.urlpatterns,
    *keys.urlpatterns,
    *account.urlpatterns,
]
