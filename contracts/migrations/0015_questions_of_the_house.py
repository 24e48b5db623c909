from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0014_services_have_a_cost'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuestionSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('questions', models.JSONField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='roadmap',
            name='questions',
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
