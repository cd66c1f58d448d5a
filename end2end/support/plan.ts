// A vendor whose plan is signed in to: the scripted provider's own, under `/oauth`.

/** A provider that is signed in to at the scripted vendor, once its terms were read. */
export const PLAN = `
id = "plan"
name = "Plan"
tier = "subscription"
auth = { kind = "sign-in" }

[sign_in]
opt_in = true
terms = "This plan is for friends."
flows = ["code", "device"]
client_id = "client-1"
authorize_url = "PROVIDER/oauth/authorize"
device_url = "PROVIDER/oauth/device"
token_url = "PROVIDER/oauth/token"
facts = { account = "/id_token/email" }

[[quota.probe]]
url = "PROVIDER/oauth/quota"

[[quota.probe.window]]
lasts = "5h"
used_percent = "/used"
resets = "/resets"

[[quota.probe.window]]
name = "Week (large models)"
lasts = "7d"
model = "large*"
used_percent = "/week"
resets = "/resets"

[[quota.probe.window]]
name = "Balance"
unit = "usd"
left = "/balance"

[[speaks]]
dialect = "chat"
url = "PROVIDER/v1/chat/completions"

[[model]]
id = "ok"
`;
