"""The words and sentence shapes that the made-up texts are built from."""

OPENINGS = ["", "", "Hello, ", "Third time of asking: ", "To whom it may concern, ", "Hi - "]
ENDINGS = [
    "",
    "Please send somebody.",
    "I pay my council tax like everyone else.",
    "When will this be sorted?",
    "My neighbour says the same.",
    "Thanks in advance.",
    "It is simply not good enough.",
]
PLACES = {
    "street": ["Orchard Road", "Tanner Row", "Station Parade", "Elm Close", "Fairview", "Dock St"],
    "number": ["two", "three", "four", "five", "six"],
    "when": ["since Monday", "for a fortnight", "all month", "since the storm", "again last night"],
}
COMPLAINTS = {
    "Waste": [
        "the brown bin on {street} has been skipped {number} times {when}.",
        "someone dumped {number} mattresses behind {street} and they have lain there {when}.",
        "your lorry left rubbish all over {street}, it has blown about {when}.",
        "we ordered {number} recycling boxes for {street} and none have come {when}.",
    ],
    "Highways": [
        "there are {number} deep potholes outside the shops on {street}, growing {when}.",
        "the lamp posts along {street} have been dark {when}, {number} of them at least.",
        "a kerb has collapsed on {street} and {number} people have tripped {when}.",
        "the traffic lights at {street} have been stuck on red {when} for {number} minutes a go.",
    ],
    "Parking": [
        "I got a ticket on {street} although my permit had {number} weeks left, disputed {when}.",
        "vans block our drive on {street} {when}, up to {number} a day.",
        "the pay machine at {street} swallowed {number} pounds and has been broken {when}.",
        "nobody checks the residents' bays on {street}; {number} cars without badges {when}.",
    ],
    "Noise": [
        "the pub on {street} has played music past {number} in the morning {when}.",
        "a dog at {street} barks for {number} hours without a break {when}.",
        "builders on {street} start drilling before six, {number} mornings a week {when}.",
        "the alarm above {street} has gone off {number} times {when} and nobody stops it.",
    ],
}
SLOTS = {
    "dish": ["lamb tagine", "leek pie", "banana loaf", "dal", "fish stew", "pavlova", "gnocchi"],
    "who": ["My kids", "The in-laws", "Our book club", "My flatmate", "Everyone at work"],
    "mins": ["ten", "twenty", "forty", "ninety"],
    "item": ["cumin", "lemon", "butter", "stock", "sugar", "garlic"],
}
PRAISE = [
    "{who} asked for seconds and then for the recipe.",
    "I swapped the {item} for what I had and it still came out lovely.",
    "Ready in {mins} minutes, and the {dish} tasted as if I had fussed all day.",
    "The trick with the {item} is worth knowing for any {dish}.",
    "Best {dish} I have cooked at home, and not a crumb left.",
    "Clear steps, nothing odd to buy, and {mins} minutes was spot on.",
]
GRUMBLES = [
    "{who} pushed it round the plate and ordered pizza.",
    "Far too much {item}; that was all anybody could taste.",
    "It says {mins} minutes but mine was raw in the middle well after that.",
    "Bland, watery, and nothing like a proper {dish}.",
    "The amounts for the {item} must be a misprint.",
    "I followed every step and the {dish} went straight in the bin.",
]
LINE_WORDS = {
    "QTY": ["2", "1 1/2", "250", "half a dozen", "3", "4 or 5", "75", "12"],
    "UNIT": ["tbsp", "g", "cups", "tins", "ml", "heaped teaspoons", "sprigs"],
    "FOOD": ["red lentils", "plain flour", "thyme", "coconut milk", "spring onions", "butter"],
    "PREP": ["finely chopped", "softened", "rinsed", "toasted and crushed", "at room temperature"],
    "O": [",", "of", "( optional )", "plus extra to serve", ", about"],
}
LINE_SHAPES = [
    ["QTY", "UNIT", "FOOD"],
    ["QTY", "FOOD", "O", "PREP"],
    ["QTY", "UNIT", "O", "FOOD"],
    ["FOOD", "O", "PREP"],
    ["QTY", "UNIT", "FOOD", "PREP", "O"],
]
CARGO_WORDS = {
    "SHIP": ["MV Corrie Star", "Blue Heron", "MV Ostrava", "Lady Ingrid", "Tern III"],
    "PORT": ["Gdynia", "Port Talbot", "Rotterdam", "Las Palmas", "Aarhus"],
    "GOODS": ["steel coil", "bagged urea", "wind turbine blades", "timber", "rapeseed meal"],
    "WHEN": ["14 March", "Friday", "0600 on the 9th", "late October", "tomorrow night"],
}
CARGO_SHAPES = [
    "SHIP|is due at|PORT|on|WHEN|carrying|GOODS|.",
    "Berth wanted in|PORT|for|SHIP|from|WHEN|.",
    "Agents report|GOODS|damaged aboard|SHIP|.",
    "Owing to fog|SHIP|waits off|PORT|until|WHEN|.",
    "PORT|: no|GOODS|to be worked before|WHEN|.",
    "Master of|SHIP|asks for a pilot at|PORT|.",
]
CASE = {
    "tenant": ["Mr Adeyemi", "Ms Prowse", "Mrs Kaur", "Mr Llewellyn", "Dr Osei", "Ms Varga"],
    "owner": ["Brook Lettings", "Harbour Homes Ltd", "Mr Tunnicliffe", "Oakgate Estates"],
    "issue": [
        "return of a deposit",
        "damp left untreated",
        "an unlawful eviction",
        "a rent increase",
        "failure to repair a boiler",
    ],
    "sum": ["£640", "£1,150", "£2,300", "£4,875", "£780"],
    "months": ["four", "seven", "eleven", "eighteen"],
}
RULING = [
    [
        "This is an appeal by {tenant} against {owner} concerning {issue}.",
        "{tenant} rented a flat from {owner} and now brings a claim over {issue}.",
    ],
    [
        "The tenancy had run for {months} months when the parties fell out.",
        "After {months} months of letters, no settlement was reached.",
    ],
    [
        "The appellant sought {sum} and relied on photographs and a diary.",
        "A sum of {sum} was claimed, supported by two witnesses and the inventory.",
    ],
    [
        "{owner} answered that the agreement had been properly served and signed.",
        "For {owner} it was said that notice was given in the usual way.",
    ],
    [
        "We heard oral evidence over one day and inspected the property.",
        "The hearing was held by video and both sides made written submissions.",
    ],
]
ALLOWED = [
    "We prefer the account of {tenant}, and {owner} must pay {sum} within 28 days.",
    "The respondent was in breach of its duty, so the appeal succeeds in the sum of {sum}.",
]
DISMISSED = [
    "The evidence falls short of what is needed, and the claim for {sum} fails.",
    "We find no breach by {owner}; the appeal of {tenant} cannot succeed.",
]
HEADNOTES = [
    "{tenant} v {owner}: claim over {issue} {result}.",
    "Appeal about {issue} {result}; {sum} in dispute.",
]
MENU_SHAPES = [
    ("{way} {food} with {side}", "{food} {way} con {side}"),
    ("{way} {food} in {sauce}", "{food} {way} en {sauce}"),
    ("{food} and {side}", "{food} y {side}"),
    ("House special: {food} with {side} and {sauce}", "De la casa: {food} con {side} y {sauce}"),
]
MENU_WORDS = {
    "way": [("grilled", "a la plancha"), ("baked", "al horno"), ("fried", "a la romana")],
    "food": [
        ("sea bass", "lubina"),
        ("squid", "calamares"),
        ("lamb chops", "chuletas de cordero"),
        ("aubergine", "berenjena"),
        ("chicken", "pollo"),
    ],
    "side": [
        ("roast peppers", "pimientos asados"),
        ("new potatoes", "patatas nuevas"),
        ("green beans", "judías verdes"),
        ("white rice", "arroz blanco"),
    ],
    "sauce": [
        ("garlic sauce", "salsa de ajo"),
        ("almond sauce", "salsa de almendras"),
        ("tomato sauce", "salsa de tomate"),
    ],
}
