"""What people type about services."""

from django import forms


class ServiceForm(forms.Form):
    name = forms.CharField(max_length=120)
    code = forms.SlugField(max_length=40, help_text="Short and lasting, for lists and programs.")
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
