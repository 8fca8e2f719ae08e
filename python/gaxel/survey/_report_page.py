"""The report's page, a Jinja template."""

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2a37; background: #fff; margin: 2rem auto; max-width: 72rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid #d5dbe1; }
table { border-collapse: collapse; } td, th { padding: .15rem .9rem .15rem 0; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; height: auto; }
.columns { display: flex; flex-wrap: wrap; gap: 1rem 3rem; align-items: flex-start; }
.fits { display: grid; grid-template-columns: repeat(auto-fill, minmax(33rem, 1fr)); gap: 1.2rem; }
figure { margin: 0; } figcaption { font-size: .85rem; color: #4a5866; }
@media (max-width: 36rem) { .fits { grid-template-columns: 1fr; } }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<div class="columns">
<table>
{% for name, value in facts %}<tr><td>{{ name }}</td><td class="number">{{ value }}</td></tr>
{% endfor %}</table>
<table>
<tr><th class="number">bit</th><th>flag</th><th class="number">galaxies</th></tr>
{% for bit, name, count in flags %}<tr><td class="number">{{ bit }}</td><td>{{ name }}</td>\
<td class="number">{{ count }}</td></tr>
{% endfor %}</table>
</div>
{% if skipped %}
<h2>Tiles that were left out</h2>
<table>
{% for name, text in skipped.items() %}<tr><td>{{ name }}</td><td>{{ text }}</td></tr>
{% endfor %}</table>
{% endif %}
{% if reasons %}
<h2>Reasons</h2>
<table>
<tr><th class="number">galaxies</th><th>why a fit failed, or did not converge (the most frequent)</th></tr>
{% for text, count in reasons %}<tr><td class="number">{{ count }}</td><td>{{ text }}</td></tr>
{% endfor %}</table>
{% endif %}
<h2>Distributions</h2>
<p>The outermost bars hold what lies beyond them.</p>
<p><img alt="Histograms of magnitude, size, index, axis ratio, angle, chi2 and time" src="{{ distributions }}"></p>
<p><img alt="Sizes and magnitudes, coloured by Sersic index" src="{{ relation }}"></p>
{% for title, text, shown in [
  ("Worst fits", "By chi2 / pixel in the galaxy's ellipse.", worst),
  ("Examples", "Of the others, spread evenly over the order of the magnitudes, bright to faint.", examples)] %}
{% if shown %}
<h2>{{ title }}</h2>
<p>{{ text }} Masked pixels are grey; axes are FITS pixels of the tile or plane{% if survey.bands|length > 1 %}; \
band {{ survey.bands[0].name }}{% endif %}.</p>
<div class="fits">
{% for one in shown %}
<figure>
{% if one.picture %}<img alt="Data, model, residual of {{ one.id }}" src="{{ one.picture }}">{% endif %}
<figcaption><b>{{ one.id }}</b>{% if one.tile %} on {{ one.tile }}{% endif %}: {{ one.text }}; chi2 / pixel in the ellipse \
{{ "%.3f"|format(one.chi2) if one.chi2 is not none else "-" }}; {{ one.flags }}</figcaption>
</figure>
{% endfor %}
</div>
{% endif %}
{% endfor %}
</body>
</html>
"""
