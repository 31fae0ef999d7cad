"""Keys, tokens and passwords in a text: known forms, what stands beside a word for them, and detect-secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mkdocs_postmortem.releasing.detectors import detectors
from mkdocs_postmortem.releasing.sieve import Sieve

_TOKENS = re.compile(
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{30,255}|\bgithub_pat_[0-9A-Za-z_]{20,255}|\bglpat-[0-9A-Za-z_-]{18,}"
    r"|\bxox[abeoprs]-[0-9A-Za-z-]{10,}|\bxapp-\d-[0-9A-Za-z-]{10,}"
    r"|hooks\.slack\.com/(?:services|workflows)/[\w/]{8,}|\b[RSPrsp]k_(?:live|test)_[0-9A-Za-z]{10,}|\bwhsec_[0-9A-Za-z]{16,}"
    r"|AIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,}|\bnpm_[0-9A-Za-z]{30,}|\bpypi-[0-9A-Za-z_-]{40,}"
    r"|\bsk-(?:proj-|ant-|svcacct-)?[0-9A-Za-z_-]{20,}|\bdo[opr]_v1_[0-9a-f]{40,}|\bhv[sb]\.[0-9A-Za-z_-]{20,}"
    r"|\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}|-----BEGIN[ A-Z]{0,30}PRIVATE KEY"
    r"|\bshp(?:at|ca|pa|ss)_[0-9A-Fa-f]{20,}|\bhf_[0-9A-Za-z]{20,}|\bgl(?:sa|c|ptt|rt|dt)[_-][0-9A-Za-z_-]{20,}"
    r"|\blin_api_[0-9A-Za-z]{20,}|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[0-9A-Za-z._-]{20,}|\bHRKU-[0-9A-Za-z_-]{20,}"
    r"|\bAGE-SECRET-KEY-1[0-9A-Z]{20,}|(?<![\w.])s\.[0-9A-Za-z]{24}(?!\w)|\b(?:xkeysib|nfp|PMAK)[-_][0-9A-Za-z_-]{32,}"
    r"|\bdckr_[op]at_[0-9A-Za-z_-]{20,}|\bkey-[0-9a-z]{32}\b|\bsq0(?:atp|csp|idp)-[0-9A-Za-z_-]{20,}|\bEAA[0-9A-Za-z]{24,}"
    r"|\bNR(?:AK|JS|RA)-[0-9A-Za-z]{18,}|\btskey-[a-z]{3,12}-[0-9A-Za-z-]{16,}|\bsntry[su]_[0-9A-Za-z_=+/-]{12,}"
    r"|\br8_[0-9A-Za-z]{30,}|\bfm[12][ar]?_[0-9A-Za-z+/=_-]{16,}|\bpul-[0-9a-f]{32,}|\brubygems_[0-9a-f]{32,}"
    r"|(?<![\w/.])1//0[0-9A-Za-z_-]{20,}|\b[Aa][Gg][Ee]-[Ss][Ee][Cc][Rr][Ee][Tt]-[Kk][Ee][Yy]-1[0-9A-Za-z]{20,}|\bCFPAT-[\w-]{30,}|\bCLOJARS_[0-9a-f]{40,}|\bGOCSPX-[0-9A-Za-z_-]{20,}|\bsbp_[0-9a-f]{40}"
    r"|\bfigd_[0-9A-Za-z_-]{20,}|\bntn_[0-9A-Za-z]{30,}|\bgsk_[0-9A-Za-z]{30,}|\bxai-[0-9A-Za-z]{30,}|\bpscale_(?:tkn|pw|oauth)_[\w.-]{20,}"
    r"|\bph[cx]_[0-9A-Za-z]{30,}|\bCCIPAT_[\w]{20,}|\bbkua_[0-9a-f]{30,}|\bLTAI[0-9A-Za-z]{16,}|\bops_eyJ[\w-]{20,}"
    r"|\beyJrIjoi[0-9A-Za-z_=-]{20,}|\b\d{8,10}:AA[\w-]{33}(?!\w)|\.atlasv1\.[\w-]{30,}|\bdt0[a-z]\d\d\.[A-Z0-9]{20,}"
    r"|(?<![\w+/])MII[A-Za-z][A-Za-z0-9+/]{40,}|\bAccountKey=[A-Za-z0-9+/=]{20,}"
    r"|\$2[abxy]\$\d\d\$[./0-9A-Za-z]{50,}|\$(?:1|5|6|y|argon2id?)\$[^\s$]{1,60}\$[^\s]{20,200}"
    r"|\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}|\bdapi[0-9a-f]{32}\b|\bATATT3[0-9A-Za-z_=-]{20,}"
    r"|[a-z][a-z0-9+.-]{1,20}://[^\s/:@<>\"']{1,64}:[^\s/@<>\"']{1,128}@",
    re.A,
)
_WORD_FOR_IT = (
    r"(?:[a-z0-9_]{0,16}(?:password|passwd|passwort)s?|(?:root|db|admin|user|my)?pw"
    r"|密码|口令|パスワード|비밀번호|пароль|contrase[ñn]a|mot de passe|senha|wachtwoord|has[łl]o|l[öo]senord|[şs]ifre"
    r"|pass[ -]phrase"
    r"|pass(?:word|wort|wd|phrase|code|wörter)?s?|pwd|pgpassword|secret(?:[_-]?key)?(?:[_-]?base)?|bearer"
    r"|(?:api|access|account|private|signing|client)[_ -]?key(?:[_-]?data)?"
    r"|(?:auth|access|refresh|api|session|id)?[_-]?token|credentials?|kennwort)"
)
_SAID = (
    r"(?:is|was|are|were|be|been|had|has|set|changed|rotated|reset|to|now|still|then|war|ist|lautete?|auf|as|the|a|our)"
)
_PASSWORD = re.compile(
    rf"(?<![a-z]){_WORD_FOR_IT}(?![a-z])[\"'`]?(?:\s{{0,3}}(?:[=:：]{{1,2}}>?|->|[>,→—–])|(?:\s{{1,3}}{_SAID}(?![a-z])){{1,5}}|(?=\s))"
    r"\s{0,3}[\"'`]?(?P<value>[^\s\"'`<>|,;]{6,200})",
    re.I,
)
_PASSWORD_AFTER = re.compile(
    rf"(?<![^\s\"'`(])(?P<value>[^\s\"'`<>|,;()]{{6,200}})[\"'`]?\s(?:is|was|had been|has been)"
    r"\s(?:the|our|a|its|their)"
    rf"(?:\s[a-z]{{2,12}})?\s{_WORD_FOR_IT}(?![a-z])",
    re.I,
)
_GIVEN = re.compile(
    r"(?:\s(?:-u|--user|--proxy-user)[ =]?[\"']?[^\s:/\"'@]{1,64}:(?P<curl>[^\s\"'@]{3,128})"
    r"|\b(?:mysql|mysqldump|mysqladmin|mariadb|mongo|mongosh|redis-cli|sshpass)\b[^\n|]{0,200}?\s(?:-p|-a\s)(?P<client>[^\s\"'=-]\S{3,64})"
    r"|\bsshpass\s-p\s?(?P<ssh>[^\s\"']{4,64})|\bpsql\b[^\n|]{0,120}?\s-W\s(?P<psql>[^\s\"'-]{4,64})"
    r"|(?:proxy-)?authorization[\"']?\s?[:=]\s?[\"']?(?:basic|bearer|token|digest|apikey)\s+(?P<header>[^\s\"']{8,})"
    r"|(?:set-)?cookie\s?:\s?(?P<cookie>[^\s=]{1,64}=[^\s;]{8,})|\b(?:session|sess|sid)(?:_?id)?=(?P<session>[\w%.-]{16,})"
    r"|[?&](?:x-amz-signature|sig|signature|token|key|apikey|api_key|access_token|password|secret|code)=(?P<query>[^\s&#\"'<>)]{8,})"
    r"|\bmachine\s\S+\slogin\s\S+\spassword\s(?P<netrc>\S+)|[\"']auth[\"']\s?:\s?[\"'](?P<docker>[A-Za-z0-9+/=]{12,})[\"']"
    r"|\bWIFI:\S{0,80}?P:(?P<wifi>[^\s;]{4,})|\bclient-(?:key|certificate)-data:\s?(?P<kube>[A-Za-z0-9+/=]{16,}))",
    re.I,
)
"""Where commands, headers, addresses and files have what opens something."""
_ASCII_WORD_FOR_IT = re.sub(r"\[[^]]*[^\x00-\x7f][^]]*\]|[^\x00-\x7f]", r"[\\x80-\\xff]", _WORD_FOR_IT)
_COLUMN_SIGN = rf"(?i:\|[^|\n]{{0,20}}{_ASCII_WORD_FOR_IT}[ *_`\x80-\xff]*\|)"
_COLUMN = re.compile(rf"(?:.{{0,20}}\b)?(?:{_WORD_FOR_IT})", re.I)
_LONG = re.compile(r"[\w/+=.:@-]{14}|BEGIN|\$")
"""No detector of detect-secrets finds anything on a line without this; together they are slow."""
_PLACEHOLDER = re.compile(r"[*x.]{3,}|\$|\{|%|<|redact|example|changeme|your[_-]", re.I)


@lru_cache(maxsize=1)
def _sieve() -> Sieve:
    known = [expression for plugin in detectors() for expression in plugin.denylist]
    return Sieve([_TOKENS, _KEY_OF_40, _PASSWORD, _PASSWORD_AFTER, _GIVEN, *known], loose=[_COLUMN_SIGN])


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where something stands that opens something, in characters of the text; each place once."""
    if not _sieve().passes(text):
        return
    seen: set[int] = set()
    for start, end in (*_tokens(text), *_given(text), *_passwords(text), *_in_columns(text), *_detected(text)):
        if start not in seen:
            seen.add(start)
            yield start, end


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for begin, line in _long_lines(text):
        for match in _TOKENS.finditer(line):
            yield begin + match.start(), begin + match.end()
        for match in _KEY_OF_40.finditer(line):
            kinds = (str.isupper, str.islower, str.isdigit)
            if all(any(kind(char) for char in match[0]) for kind in kinds):
                yield begin + match.start(), begin + match.end()


_KEY_OF_40 = re.compile(r"(?<![\w/+=.-])[A-Za-z0-9/+]{40}(?![\w/+=.-])")
"""As Amazon writes what goes with a key's id; a hash is in small letters or in capitals."""


def _given(text: str) -> Iterator[tuple[int, int]]:
    for match in _GIVEN.finditer(text):
        name = match.lastgroup
        if name and not _PLACEHOLDER.search(match[name].replace("%", "")):
            yield match.span(name)


def _passwords(text: str) -> Iterator[tuple[int, int]]:
    """What stands beside a word for it, and has digits as well as letters or signs."""
    for match in (*_PASSWORD.finditer(text), *_PASSWORD_AFTER.finditer(text)):
        value = match["value"].rstrip(".,:)]!?*_")
        if len(value) < 6 or _PLACEHOLDER.search(value) or _HARMLESS.fullmatch(value):
            continue
        if any(char.isdigit() for char in value) and any(char.isalpha() for char in value):
            # "The token was OAuth2" tells nothing; "the password was hunter2" does.
            said = match[0].replace(match["value"], "", 1)
            if _SURELY.search(said) or not _NAMED.fullmatch(value):
                yield match.span("value")


_SURELY = re.compile(r"pass|pwd|kennwort|[=:>]", re.I)
_HARMLESS = re.compile(
    r"[~<>≈]?\d+(?:[.,:/-]\d+)*(?:%|ms|s|min|h|d|[kmgt]i?b?|x|st|nd|rd|th|am|pm|utc|z)?(?:/\w+)?|v?\d+(?:\.\w+)+"
    r"|(?:\d{1,3}[dhms]){1,4}|\d{4}-\d\d-\d\dT?[\d:.]*Z?|[\w.-]+\(.*|(?:https?|file):.*|/.*"
    r"|oauth2?(?:\.0)?|auth0|sha-?\d+|md5|base64|argon2i?d?|pbkdf2|http/?2|tls1?[.\d]*|s3|ec2|k8s|[a-z]{2}-[a-z]+-\d",
    re.I,
)
"""Numbers with their units, dates, versions, paths, names of methods: they open nothing."""
_NAMED = re.compile(r"[A-Za-z]+(?:[-_/.]?[A-Za-z]+)*[-_/]?\d{1,4}[a-z]?|\d+-?[a-z]+", re.I)
"""What is called something with a number."""


def _in_columns(text: str) -> Iterator[tuple[int, int]]:
    """Cells below a header of a table that says that there are passwords."""
    columns: list[int] = []
    begin, before = 0, False
    for line in text.split("\n"):
        if line.lstrip()[:1] == "|":
            cells = [(match.start(1), match.end(1)) for match in _CELL.finditer(line)]
            if not before:
                columns = [n for n, (a, b) in enumerate(cells) if _COLUMN.fullmatch(line[a:b].strip(" *_`"))]
            else:
                for n in columns:
                    if n < len(cells):
                        start, end = cells[n]
                        value = line[start:end].strip(" *_`")
                        if len(value) > 3 and " " not in value and any(char.isdigit() for char in value):
                            yield begin + start, begin + end
        before = line.lstrip()[:1] == "|"
        begin += len(line) + 1


_CELL = re.compile(r"\|([^|]*)(?=\|)")


def _detected(text: str) -> Iterator[tuple[int, int]]:
    """What detect-secrets' detectors of known forms find."""
    long = "\n".join(line for _, line in _long_lines(text))
    for plugin in detectors() if long else ():
        for value in plugin.analyze_string(long):
            start = text.find(value) if value else -1
            if start >= 0 and not _PLACEHOLDER.search(value):
                yield start, start + len(value)


def _long_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that may hold a secret, and where they begin."""
    begin = 0
    for line in text.split("\n"):
        if len(line) > 13 and _LONG.search(line):
            yield begin, line
        begin += len(line) + 1
