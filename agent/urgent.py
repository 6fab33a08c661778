"""The urgent path: fire, medical, intruder, self-harm and "get me a person" are recognised here, with every provider down. Pure.

Decided from the whole utterance: a word alone ("fire", "agent", "heart") is never enough, and what is asked in general, imagined or over
is no emergency. Nothing here claims that we called anybody.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["fire", "medical", "intruder", "self_harm", "person"]


@dataclass(frozen=True, slots=True)
class Urgent:
    """What to say at once, sentence by sentence; afterwards the call goes to the desk."""

    kind: Kind
    say: tuple[str, ...]


_TO_DESK = "I'll put you through to the front desk now. Please stay on the line."
_SAY: dict[Kind, tuple[str, ...]] = {
    "fire": (
        "If there is fire or smoke, leave now, by the stairs, not the elevator, and close the door behind you.",
        "As soon as you are safe, dial the local emergency number.",
        _TO_DESK,
    ),
    "medical": (
        "Please dial the local emergency number now, from any phone, and say which room you are in.",
        "Stay with the person.",
        _TO_DESK,
    ),
    "intruder": ("If you can, lock yourself in somewhere safe, and dial the local emergency number now.", _TO_DESK),
    "self_harm": (
        "I'm really sorry you're going through this. You deserve to talk to a person right now.",
        "If you are in danger, please dial the local emergency number. In the United States you can call or text 9 8 8 at any time.",
        _TO_DESK,
    ),
    "person": (_TO_DESK,),
}

_WHO = (
    r"(?:he|she|they|it|someone|somebody|i|we|an? (?:\w+ )?(?:man|woman|guy|guest|child|kid|boy|girl|person|lady|stranger|baby"
    r"|gentleman)|some (?:man|guy|people|woman)|"
    r"people|(?:my|our|the|his|her|this) (?:[\w'-]+ ){0,2}?[\w'-]+)"
)
_IS = r"(?:'s| is|'m| am|'re| are|s|re|m)"
_NOT_FIRE = (
    r"(?![\s-]*(?:pits?|places?|alarms?|drills?|exits?|extinguishers?|escapes?|works?|stations?|departments?|brigades?|sides?|woods?"
    r"|engines?|"
    r"trucks?|sales?|doors?|safety|plans?|policy|hydrants?|detectors?|wardens?|code|marshal|pizza|ball|bowl|dancers?|show|sticks?|tv"
    r"|burning|roasted))"
)
_NOT_SMOKE = (
    r"(?![\s-]*(?:free|detectors?|alarms?|rooms?|areas?|breaks?|shop|house|salmon|screen|machine|outside|on the (?:balcony"
    r"|terrace|patio)|here|there))"
)

_SITUATIONS: tuple[tuple[Kind, str], ...] = (
    ("fire", rf"\b(?:there(?:'s| is|s)(?: been)?|we have|we've got|i see|i can see|i smell|i can smell|we smell|i think i smell|it's"
             rf"|it is|seeing|smelling) "
             rf"(?:a |an |some |the |lots of |a lot of |so much |thick |black |white |big |small |huge |real |kitchen |electrical "
             rf"|wild|of )*(?:fire{_NOT_FIRE}|smoke{_NOT_SMOKE}|"
             r"flames|burning|gas(?: leak)?(?! station| stove| grill| fireplace| money)|something burning|carbon monoxide(?! detector"
             r"| alarms?\b(?! (?:is|are) (?:going|beep))))\b"),
    ("fire", r"\b(?<!team )(?<!mouth )(?<!throat )(?<!skin )(?<!feet )(?<!you )(?<!band )(?<!dj )(?<!sales )(?<!market )(?:is|'s|are"
             r"|s|caught|catching|set) on fire\b"),
    ("fire", r"\b(?:smell|smells|smelling|stinks?|reeks?) (?:strongly )?(?:of|like) (?:\w+ )?(?:gas|smoke|burning"
             r"|something burning)\b(?! smok)"),
    ("fire", r"\b(?:caught|catching) fire\b|\bin flames\b|\bburning down\b|\b(?:room|kitchen|building|hotel|bed|curtains?|outlet"
             r"|socket|floor|hallway|hall|bathroom|balcony|car|elevator|corridor|stairs) (?:is|are) burning\b"),
    ("fire", r"\bsmoke (?:is |was )?(?:coming|pouring|everywhere|filling|in (?:the|my|our) (?:room|hall\w*|corridor|kitchen|bathroom"
             r"|elevator|stair\w*|building))|\b(?:full of|filling (?:up )?with|filled with) smoke\b"),
    ("fire", r"\b(?:fire|smoke|carbon monoxide) (?:alarm|detector)s?(?:'s| is| are|s) (?:still |really |now )?(?:going off|ringing"
             r"|sounding|beeping like crazy|blaring|screaming)\b"),
    ("fire", r"\b(?:call|get|send|need) (?:for )?(?:the |a )?fire (?:department|brigade|service|fighters?|engine)\b"),
    ("fire", r"^(?:(?:help|oh my god|please|hello|quick|hurry|god|um|uh|hi)[,.! ]*)*(?:fire|smoke)(?:[,.! ]+(?:fire|smoke|help|please"
             r"|in|quick|hurry|there's|the|my|our|room|hallway|kitchen|building))*[.! ]*$"),
    ("medical", r"\b(?:call|need|needs|get|send|want|calling|have)(?: me| us| him| her| for)?(?: an?| the| some"
                r"| any)?(?: \w+)? ?(?:ambulance|paramedics?|medics?|emt|emergency (?:services|doctor|help)|medical (?:help|attention"
                r"|assistance))\b"),
    ("medical", r"\b(?:call|dial|ring) (?:for )?(?:9-?1-?1|nine one one|nine eleven|1-?1-?2|one one two|9-?9-?9)\b"),
    ("medical", r"\b(?:need|needs|get (?:me|us|him|her)|send|call)(?: me| us| for)? an? (?:doctor|nurse)(?!'s| note| appointment"
                r"| certificate| for (?:a|my) (?:check|prescription))\b"),
    ("medical", rf"\b{_WHO}{_IS}?(?: just| now| also|'ve| has| have| had| think|'s| is)* (?:having|had|has|have|got|going into"
                rf"|in the middle of having) (?:an? |some |really |very |bad |terrible |severe |another |strong |sharp )*"
                r"(?:heart attack|stroke(?! of)|seizure|chest pains?|allergic reaction|asthma attack|panic attack|cardiac arrest"
                r"|anaphyla\w+|miscarriage|contractions|concussion|trouble breathing|difficulty breathing|hard time breathing)\b"),
    ("medical", r"\b(?:heart attack|chest pains?|cardiac arrest|seizure)\b(?=[,.! ]*(?:help|please|now|hurry|quick))|^(?:(?:help"
                r"|oh my god|please)[,.! ]*)+(?:a )?(?:heart attack|seizure|stroke|cardiac arrest|chest pains?)\b"),
    ("medical", r"\b(?:(?:isn'?t|not|stopped|isnt|quit|barely) breathing|(?:can'?t|cannot|can not|cant|couldn'?t) (?:breathe"
                r"|feel (?:my|his|her) (?:arm|legs?|face)|wake (?:him|her|them)(?: up)?|get (?:him|her) to wake)|won'?t wake up"
                r"|doesn'?t wake up|not waking up|isn'?t waking up|unconscious|unresponsive|not responding|isn'?t responding|no pulse"
                r"|turning blue|(?:is|'s|are|i'm) choking|choking on|overdosed?\b(?! on (?:coffee|sugar|chocolate|sun))"
                r"|medical emergency)\b"),
    ("medical", rf"\b{_WHO}(?:'s| has| is|'ve| just| have)* (?:just )?(?:collapsed|passed out|fainted|blacked out|stopped breathing"
                rf"|fallen down the stairs|drown(?:ing|ed))\b(?! in (?!the|our|your|a))"),
    ("medical", r"\bfell (?:down the stairs|and (?:hit|can'?t|isn'?t|he|she)|off the (?:balcony|roof|bed and)|in(?:to)? the pool and"
                r"|out of the window)|\bhit (?:my|his|her|their) head\b|\bbroke(?:n)? (?:my|his|her|their) (?:leg|arm|hip|neck|ankle"
                r"|back)\b"),
    ("medical", r"\bbleeding\b(?= *(?:badly|a lot|heavily|out|everywhere|and|from|really|so much|won'?t|bad|to death|very|please"
                r"|help))|\b(?:won'?t|can'?t|doesn'?t|isn'?t) stop(?:ping)?(?: the)? bleeding\b|\b(?:is|'s|i'm|are) bleeding\b"),
    ("medical", rf"\b{_WHO}(?:{_IS}) (?:really |badly |seriously |very |dying|going to die)+(?:hurt|injured|burned|burnt)?\b(?<=hurt"
                rf"|ured|rned|urnt|ying| die)(?! (?:to|for|of (?:hunger|thirst|boredom|curiosity|heat)|hard|laughing))"),
    ("medical", r"\b(?:is|'s|i'm|am|she's|gone|went|going) in(?:to)? lab(?:or|our)\b|\bwater (?:just )?broke\b|\bhaving (?:the|a|her"
                r"|our) baby (?:now|right now|here)\b|\b(?:swallowed|drank|ate) (?:some |a |the |a bottle of )?(?:bleach|poison|pills"
                r"|battery|cleaning|medication)\b"),
    ("intruder", r"\b(?:someone|somebody|a (?:man|guy|woman|stranger|person)|some (?:man|guy|people|one)|an intruder|a burglar|he|she"
                 r"|they|people|my ex|two men)(?:'s| is| are|s|'re| has| just|'ve| keeps?| who)* "
                 r"(?:trying|tried|attempting) to (?:get|break|force|come|kick)(?: \w+)? (?:into|in|inside|down)\b"),
    ("intruder", r"\b(?:someone|somebody|an? (?:\w+ )?(?:man|guy|woman|stranger)|he|she|they"
                 r"|my ex)\b(?:'s)?(?: [\w']+){0,7} (?:trying|tries"
                 r"|tried) to (?:get|break|force|come) (?:in|into|inside)\b(?! touch)"),
    ("intruder", r"\b(?:room|suite|car|door|safe)(?:'s| has| was| got| is)* (?:been |just |being )*(?:broken into|forced open"
                 r"|kicked in)\b"),
    ("intruder", r"\b(?:outside|at|banging on|in front of) (?:my|our|the) (?:door|room)\b.*\b(?:won'?t (?:leave|go away|stop)"
                 r"|refuses to leave|let (?:him|her|me) in|scared|afraid)\b|\bwon'?t let (?:me|us) (?:leave|out|go)\b"),
    ("intruder", r"\b(?:just |has |he |she |man |guy |someone |somebody |they )(?:attacked|robbed|hit|assaulted|stabbed|grabbed"
                 r"|punched|strangled|threatened|mugged) (?:me|us|my|her|him)\b(?! (?:favou?rite|as|up))"),
    ("intruder", r"\b(?:someone|somebody|they|he|a \w+|people)(?:'s| has|'ve| have| just| is| are)* (?:broke|broken|breaking|forced"
                 r"|kicked) (?:in(?:to)?|down|his way|their way)\b(?! (?:song|sweat|two))"),
    ("intruder", r"\b(?:there's|there is|there are|theres) (?:a |an |some )?(?:man|guy|woman|stranger|strangers|intruder|burglar"
                 r"|someone|somebody|people|person|strange man)(?: i don'?t know| who \w+)?(?: hiding| standing)? (?:in|inside) (?:my"
                 r"|our|the) (?:room|bathroom|suite|closet|balcony)\b"),
    ("intruder", r"\b(?:someone|somebody|a stranger|a strange man|an intruder|a man)(?:'s| is|s)(?: just| still"
                 r"| hiding)? in(?:side)? (?:my|our) (?:room|bathroom|suite|closet)\b|\b(?:intruder|burglar) in\b"),
    ("intruder", r"\b(?:has|have|with|holding|carrying|got|pulled|pointing) (?:a |an |his |the )(?:gun|knife|weapon|rifle|pistol)\b"
                 r"|\b(?:active shooter|shots fired|someone (?:is )?shooting|gunshots?|gunfire|bomb threat)\b|\bheard (?:gun)?shots\b"
                 r"|\bthere(?:'s| is) a bomb\b"),
    ("intruder", r"\b(?:i'm|i am|we're|we are|she's|he's|she is|im|i was|i've been|i have been|we've been|i just got"
                 r"|she was) (?:being |just |been |getting )*(?:attacked|robbed|mugged|followed|stalked|threatened|assaulted|raped"
                 r"|held hostage|kidnapped)\b"),
    ("intruder", r"\b(?:is|'s|are|keeps) (?:attacking|threatening|hitting|beating|following|strangling|hurting|stalking|stabbing"
                 r"|robbing|chasing) (?:me|us|her|him|my|someone|a|people|the)\b"),
    ("intruder", r"\b(?:call|get|send|need) (?:me )?(?:the )?(?:police|cops|security)(?= *(?:now|please|right|immediately|quick|to|up"
                 r"|here|there|he|she|they|someone|i|we|!|\.|$|,))"),
    ("intruder", r"\b(?:there(?:'s| is)|theres) (?:a |an )(?:big |huge |bad |violent )?(?:fight|robbery|break-in|break in|stabbing"
                 r"|shooting)\b(?! (?:on (?:tv|television)|club|song))"),
    ("self_harm", r"\b(?:kill|hang|shoot|cut) (?:myself|himself|herself|themselves)\b(?! (?:laughing|shaving|cooking|some|a))"
                  r"|\b(?:end|take|ending|taking) (?:my|his|her) (?:own )?life\b|\bend it all\b"),
    ("self_harm", r"\b(?:i'm|i am|i feel|feeling|he's|she's|he is|she is|being|im|my \w+ is|is) (?:feeling |really |so "
                  r"|very )?suicidal\b|\bcommit(?:ting)? suicide\b|\bsuicidal thoughts\b|\bthinking (?:of|about) suicide\b"),
    ("self_harm", r"\b(?:don'?t|do not|dont) (?:want|wanna|wish) (?:to )?(?:live|be alive|wake up|be here|go on living"
                  r"|exist)(?: any ?more| any longer)?\b(?! (?:with|in|near|at|by|before|early|so|until|when))"),
    ("self_harm", r"\b(?:i|he|she) (?:just |really )?(?:want|wants|wanna|wish|wanted|going) (?:to |i could |i would )?(?:die"
                  r"|disappear forever|be dead)\b|\bwant(?:s)? to (?:hurt|harm) (?:myself|himself|herself)\b|\bgoing to (?:hurt|harm"
                  r"|kill) (?:myself|himself|herself)\b"),
    ("self_harm", r"\b(?:better off dead|no reason to (?:live|go on)|nothing (?:left )?to live for|life isn'?t worth|(?:can'?t"
                  r"|cannot) go on (?:living|like this|any ?more)|jump(?:ing)? (?:off|from) (?:the|my|this) (?:balcony|roof|window"
                  r"|building|bridge|terrace))\b"),
    ("self_harm", r"\b(?:took|taken|swallowed) (?:all|a (?:whole )?bottle of|a lot of|too many|so many) (?:my |of my |the |his |her "
                  r"|of the |sleeping )*(?:pills|tablets|medication|medicine)\b"),
)  # fmt: skip

_PEOPLE = (
    r"(?:real |live |actual |human |proper |living |normal |another )*(?:person|human(?: being)?|operator|representative|rep|agent"
    r"|receptionist|someone|"
    r"somebody|(?:front |reception )?desk|reception|front office|(?:member|members) of (?:the )?staff|staff(?: member)?|manager"
    r"|supervisor|human|people|colleague|"
    r"attendant|employee|customer service|concierge|clerk|team member)"
)
_ANY = r"(?:an? |the |some |your |any |one of your |my |whoever is (?:the )?|to )*"
_NOT_PEOPLE = (
    r"(?! (?:orange|for (?:two|a|the)|rate|fee|price|who (?:is|was) staying|in room|staying|from (?:the )?(?:wedding|group)"
    r"|else'?s|that (?:is|was) staying))"
)
_REQUESTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:talk|speak|talking|speaking|chat|spoken)(?: directly| right now| now| please)? (?:to"
        rf"|with) {_ANY}{_PEOPLE}\b{_NOT_PEOPLE}",
        rf"\b(?:connect|put|transfer|pass|switch|forward|send|hand|patch|get)(?: me| us| this call| my call| this)(?: on| over"
        rf"| through| straight| directly| back)?(?: (?:to|with|onto))? {_ANY}{_PEOPLE}\b{_NOT_PEOPLE}",
        rf"\b(?:transfer|connect) (?:to|with) {_ANY}{_PEOPLE}\b{_NOT_PEOPLE}",
        r"\b(?:have|is there|get|need) (?:a |any )?(?:\w+ )?(?:someone|somebody|anyone|anybody)(?: there| here| else)? (?:i can "
        r"|to )(?:talk|speak) (?:to|with)\b",
        rf"\b(?:get|give|find|fetch|bring)(?: me| us)(?: on the (?:phone|line))? {_ANY}{_PEOPLE}\b{_NOT_PEOPLE}(?! (?:to"
        rf"|who can (?:carry|bring|clean)))",
        rf"\b(?:want|need|prefer|like|have|rather have|could i have|can i have|may i have) (?:to have |to get "
        rf"|to reach )?{_ANY}(?:(?:real|live|actual|living|human) )+(?:person|human|being|operator|agent|representative|rep|voice"
        rf"|receptionist|people)\b",
        r"\b(?:want|need|prefer|'d like|would like) (?:an? |the )?(?:operator|human(?: being)?|representative|receptionist"
        r"|person(?! in| who| with| for| to| can))\b",
        r"\b(?:want|like|need|going|talk|speak|talking|speaking|stop talking|deal)\b.*\b(?:not|instead of|rather than|no"
        r"|don'?t)\b.*\b(?:machine|robot|computer|bot|ai|recording|automated)\b(?=.*)",
        r"\b(?:don'?t|do not|not going to|won'?t|refuse to|hate|sick of|tired of|no more) (?:want to |wanna |like to |like "
        r"|to )?(?:talk(?:ing)?|speak(?:ing)?|deal(?:ing)?) (?:to|with) (?:an? |this |some |your |the )?(?:machines?|robots?"
        r"|computers?|bots?|ai|recordings?|automated \w+)\b",
        r"^(?:(?:please|hello|hi|no|um|uh|just|zero|okay|ok|yes|sorry|look|listen|excuse me|can i (?:have|get)|could i (?:have|get)"
        r"|may i have|i said|give me|get me)[,.! ]+)*(?:an? |the )?"
        r"(?:real |live |actual |human )*(?:person|human(?: being)?|operator|representative|agent|receptionist|front desk|reception"
        r"|customer service|human|manager|somebody real|someone real)"
        r"(?:[,.! ]+(?:please|now|right now|thanks|thank you|operator|agent|representative|human|person))*[.! ]*$",
        r"\bis there (?:a |any )?(?:real |live |actual |human )*(?:person|human|someone|somebody|anyone|anybody)(?: there| here"
        r"| real)? (?:i can|that i can|to|who i can) (?:talk|speak) (?:to|with)\b",
        r"\b(?:let me|can i|could i|may i|i'd like to|i want to|i need to|i would like to|put me) (?:please )?(?:talk|speak|spoken"
        r"|through)(?: to| with)? (?:someone|somebody|anyone|a person|a human|the front desk|reception)\b",
        r"^(?:(?:please|just|no|can you|could you|hi|hello|okay)[,.! ]+)*(?:transfer|connect) (?:me|this call|us)(?: please| now"
        r"| through)*[.!? ]*$",
        r"\b(?:talk|speak) to (?:me )?(?:someone|somebody) (?:real|human|else)\b|\banyone real\b",
    )
)  # fmt: skip
_NOT_ASKED = re.compile(
    r"\b(?:don'?t|do not|didn'?t|no) (?:need|want|wish|have) (?:to )?(?:(?:talk|speak) (?:to|with) )?(?:an? |any ?|the )?(?:(?:real"
    r"|live) )?(?:person|human|operator|agent|someone|anyone|one|desk|"
    r"reception|manager|transfer)|\bdo(?:es)? (?:i|we|you|one) (?:have|need) to (?:talk|speak)\b|\b(?:am i|are we|was i|i was|i'm"
    r"|i am) (?:talking|speaking) (?:to|with)\b"
    r"|\b(?:spoke|talked|was (?:talking|speaking)) (?:to|with)\b|\b(?:already|yesterday|last (?:week|time|night)"
    r"|earlier)\b.*\b(?:spoke|talked|spoken)\b"
    r"|\bif i (?:need|want|have)\b|\bbefore i (?:talk|speak)\b|\bi(?:'m| am) an? (?:\w+ )?(?:agent|operator|representative|manager"
    r"|concierge)\b|\b(?:are|is) (?:you|this|it|that) (?:an? )?(?:real|human|actual|live)\b"
    r"|\bhow (?:do|can|would) (?:guests|people|you|one)\b|\bwhat (?:time|hours)\b|\bno need\b|\b(?:travel|tour|estate|booking"
    r"|cleaning|ticket|insurance) (?:agents?|operators?)\b",
    re.IGNORECASE,
)  # fmt: skip
_READY = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _SITUATIONS)

_GENERAL = re.compile(
    r"(?:\b(?:what(?: happens| should (?:i|we|one) do| do (?:i|we|you|guests) do| would)? (?:if|when|in)|in case|just in case"
    r"|in the event|if(?! you don'?t)|whether|suppose|imagine|say there|do (?:you|i|we|they)|"
    r"does (?:the|your|it|anyone|a)|did (?:you|the|they)|is there|are there|was there|is it|have you (?:got|ever|had)|where(?:'s| is"
    r"| are| can| do)|when (?:is|was|does|are|will)|how (?:do|does|far|quickly|fast|many|often|would)|"
    r"will|would|should|could|can (?:i|we|you|guests) (?:still |also |use )?(?:make|have|light|build|get (?:a|an) (?!ambulance"
    r"|doctor)|use)|may (?:i|we)|might|nearly|almost|basically|practically|used to|never|not|no|don'?t|isn'?t|wasn'?t|"
    r"about (?:the|your|a)|movie|film|book|song|show|episode|play|read|watched|watching|saw|joke|joking|like (?:a|i)|as if|after"
    r"|survived|history of|recovering from|since (?:he|she|i|my)|prone to|risk of)\b[^.!?;]{0,40})$",
    re.IGNORECASE,
)  # fmt: skip
_OVER = re.compile(
    r"\b(?:in (?:january|february|march|april|may|june|july|august|september|october|november|december)|last (?:year|month|week|night"
    r"|time|summer|winter|spring|fall|visit|stay)|yesterday|years? ago|months? ago|weeks? ago|days? ago|(?:an|two|three"
    r"|some) (?:hours?|days?) ago|when i was|in (?:19|20)\d\d|"
    r"back in|the other day|once before|a while (?:ago|back)|drill|test(?:ing)?|for a (?:film|movie|play|novel)|he'?s (?:fine|okay"
    r"|ok) now|she'?s (?:fine|okay|ok) now|(?:it's|that's|is) out now|false alarm|just kidding|"
    r"laughing|jet lag|of laughter|the bill|the price|so good|delicious|hilarious)\b",
    re.IGNORECASE,
)
_IDIOMS = re.compile(
    r"\b(?:bath|photo|cherry|sex|glitter) bombs?\b|\bkill(?:ing)? (?:for|time|me|two|it)\b|\bdying (?:to|for)\b|\b(?:phone|battery"
    r"|tablet|laptop)(?:'s| is)? (?:dying|dead|about to die)\b|\bto die for\b|\bfire (?:away|up)\b|"
    r"\bdead (?:tired|battery|line)\b|\bshoot(?:ing)? (?:a|you|me|the|some) (?:film|movie|text|e-?mail|video|photos?|breeze|wedding"
    r"|commercial)\b|\bheart of\b|\bstroke of\b|\bstrokes?\b(?= (?:play|rate))|\bsuicide squad\b|"
    r"\bnot an? (?:emergency|fire)\b|\brobbed (?:by|with|at) (?:your|the|those|these) \w+|\bno emergency\b|\bbreak(?:ing"
    r"|s)? (?:in(?:to)? (?:my|the|these|new) (?:new )?(?:shoes|boots))\b|\bfollowing (?:me )?on (?:instagram|twitter|facebook"
    r"|tiktok)\b|\b(?:hungry|starving)\b",
    re.IGNORECASE,
)  # fmt: skip
_MAY_GO_ON = re.compile(
    r"\b(?:had|has had|have had) an? [\w ]*$|\bdrowning in\s*$|"
    r"(?:\b(?:fire|smoke|gas|burning|attack|drowning|person|human|operator|agent|representative|someone|somebody|desk|people|manager"
    r"|stroke|doctor|nurse|ambulance|security|police|die|alive|live|here|"
    r"reception|staff|bleeding|dying|up|myself|fight|rep)\b)[\s,.]*$",
    re.IGNORECASE,
)


_TRIGGERS: dict[Kind, tuple[str, ...]] = {
    "fire": ("fire", "smok", "flame", "burn", "gas", "monoxide"),
    "medical": (
        "ambulance", "medic", "doctor", "nurse", "emt", "emergency", "9", "nine", "112", "one one", "heart", "stroke", "seizure", "chest", "allerg",
        "attack", "arrest", "anaph", "miscarr", "contraction", "concuss", "breath", "feel", "wake", "waking", "conscious", "respon", "pulse", "blue",
        "chok", "overdos", "collaps", "passed out", "faint", "blacked", "drown", "fall", "fell", "hit", "broke", "bleed", "hurt", "injur", "burn",
        "dying", "die", "labor", "labour", "water", "baby", "swallow", "drank", "ate ",
    ),
    "intruder": (
        "break", "broke", "trying", "tried", "attempt", "in my", "in our", "inside", "room", "gun", "knife", "weapon", "rifle", "pistol", "shoot",
        "shot", "bomb", "attack", "robb", "mugg", "follow", "stalk", "threat", "assault", "rape", "hostage", "kidnap", "hitting", "beating",
        "strangl", "hurting", "stab", "chas", "police", "cops", "security", "fight", "intruder", "burglar", "door", "grabbed",
         "punched", "let me", "let us",
    ),
    "self_harm": ("self", "selves", "life", "end it", "suicid", "live", "alive", "wake up", "be here", "exist",
                   "die", "dead", "go on", "jump", "pills",
                  "tablets", "medic", "disappear"),
    "person": (
        "talk", "speak", "spoken", "chat", "connect", "put", "transfer", "pass", "switch", "patch", "get", "give", "find", "fetch", "human", "person",
        "operator", "agent", "rep", "receptionist", "front desk", "reception", "customer service", "manager", "real", "machine", "robot", "voice",
        "forward", "send", "hand", "bring",
    ),
}  # fmt: skip
"""No sentence of the kind is without one of these: most utterances end here, at no cost."""


def urgent(text: str, *, final: bool = True) -> Urgent | None:
    """What in the caller's words cannot wait. `final=False`: the sentence may go on ("there's a fire" … "pit"), so a last word that could still
    turn harmless does not count yet."""
    plain = re.sub(r"\s+", " ", text.replace("’", "'")).strip()
    said = _IDIOMS.sub(" ", plain)
    if not final and _MAY_GO_ON.search(plain):
        return None
    low = said.lower()
    near = {kind for kind, words in _TRIGGERS.items() if any(word in low for word in words)}
    over = bool(near) and bool(_OVER.search(said))
    for kind, pattern in _READY:
        for match in pattern.finditer(said) if kind in near else ():
            if not over and not _GENERAL.search(_before(said, match.start())):
                return Urgent(kind, _SAY[kind])
    if "person" in near and not _NOT_ASKED.search(said) and any(pattern.search(said) for pattern in _REQUESTS):
        return Urgent("person", _SAY["person"])
    return None


def _before(text: str, end: int) -> str:
    """What stands before `end` in its clause."""
    return re.split(r"[.!?;,]\s", text[:end])[-1]
