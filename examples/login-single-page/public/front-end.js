// Asks the provider what to show, shows it, sends what was entered, follows. The provider checks everything.
const place = document.getElementById('page')
const texts = {
  credentials_wrong: 'Wrong e-mail or password.',
  required: 'Please fill in every field.',
  form_expired: 'This page was open for a long time. Please send it again.',
  too_many_attempts: 'Too many attempts. Please wait a few minutes.',
  unavailable: 'The sign-in service cannot be reached right now. Please try again.',
  no_scope: 'Choose at least one, or deny.',
  request_expired: 'This page was open for too long.',
  request_unknown: 'This request is not known, or no longer.',
  other_subject: 'You are not signed in as the user that this request is for.',
}
// /app/login?login_challenge=… is asked at /login?login_challenge=…
const endpoint = location.pathname.replace(/^\/app/, '') + location.search

async function ask(body) {
  const response = await fetch(endpoint, {
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  return response.json()
}

function show(answer) {
  if (answer.redirectTo) return location.assign(answer.redirectTo)
  const { page, model, formToken } = answer
  const template = document.getElementById(page) ?? document.getElementById('error')
  place.replaceChildren(template.content.cloneNode(true))
  // textContent, never innerHTML: names are the client's own words.
  for (const element of place.querySelectorAll('[data-client]')) element.textContent = model.client?.name ?? 'an app'
  for (const element of place.querySelectorAll('[data-account]')) element.textContent = model.account?.name ?? ''
  if (page === 'login') place.querySelector('[name=email]').value = model.values.identifier
  if (page === 'consent') place.querySelector('[data-scopes]').replaceChildren(...model.scopes.map(scopeBox))
  if (page !== 'login' && page !== 'consent') return showError(model ?? {})
  listen(place.querySelector('form'), formToken)
  place.querySelector('input:not([type=checkbox]), button')?.focus()
}

function scopeBox(scope) {
  const label = document.createElement('label')
  label.className = 'check'
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', name: 'scope', value: scope.name })
  box.checked = scope.checked
  box.disabled = scope.required
  label.append(box, ` ${scope.description}`)
  return label
}

function showError({ code, restartUrl }) {
  place.querySelector('.problem').textContent = texts[code] ?? 'Please go back to the app and start again there.'
  const restart = place.querySelector('[data-restart]')
  if (restartUrl) Object.assign(restart, { href: restartUrl, hidden: false })
}

function listen(form, firstToken) {
  let formToken = firstToken
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const data = new FormData(form, event.submitter)
    const answer = await ask({ ...Object.fromEntries(data), scope: data.getAll('scope'), formToken })
    if (!answer.errors) return show(answer)
    formToken = answer.formToken
    const problem = place.querySelector('.problem')
    problem.textContent = texts[answer.errors[0].code] ?? 'Please check what you entered.'
    problem.hidden = false
    form.querySelector('[type=password]')?.focus()
  })
}

show(await ask())
