"""Made-up talk to learn from: chats, advice, and a book of songs."""

from itertools import cycle
from pathlib import Path

from .common import chance, json_lines

TOOLS = ["clarinet", "cello", "trombone", "snare drum", "oboe", "concertina", "viola"]
FAULTS = {
    "squeaks on the high notes": "Try a softer reed first, then have the pads looked at.",
    "will not stay in tune": "Warm it up for ten minutes and check the room is not too dry.",
    "rattles when I play loudly": "Something is loose; tighten the fittings one by one.",
    "feels stiff and slow": "A drop of the right oil usually does it, but never use WD-40.",
    "has a small crack near the top": "Stop playing it and bring it in; we glue it in a day.",
}
ASKS = [
    "My {tool} {fault}, what should I do?",
    "Hi, the {tool} I rent from you {fault}.",
    "Bought a {tool} last year and it {fault}. Any ideas?",
    "Is it normal that a {tool} {fault}?",
]
GREETINGS = ["Sorry to hear that. ", "Happens a lot with a {tool}. ", "No panic! ", ""]
CLOSINGS = [" We are open till six.", " Bring your receipt.", "", " The first look is free."]
TOPICS = {
    "my deposit": "must be kept in an approved scheme and returned within ten days",
    "the notice period": "is normally two months and has to be given in writing",
    "a broken heater": "has to be mended within a reasonable time once reported",
    "a rent rise": "can only be made once a year and with a month's warning",
    "subletting a room": "needs the landlord's written consent beforehand",
    "the garden fence": "belongs to whoever the deeds say, so check the title plan",
}
WORRIES = [
    "{start}my landlord has been difficult about {topic} since {month}. Where do I stand?",
    "{start}can you explain the rules on {topic} before {month}, in plain words?",
    "{start}I signed in {month} and now there is an argument over {topic}.",
    "{start}who is right about {topic} if nothing was written down in {month}?",
]
STARTS = ["Good morning, ", "Sorry to bother you but ", "A quick one: ", "Not sure who to ask, "]
MONTHS = ["January", "March", "June", "August", "November"]
HAULS = ["Haul away", "Heave her round", "Pull, my lads", "Roll and go", "Lay her low"]
WHERE = [
    "for the Skerry shore",
    "by the harbour light",
    "to the northern grounds",
    "off Cape Clear",
]
CREW = ["The cook", "Old Nan", "The bosun", "Young Will", "The mate", "Captain Rowe"]
DEEDS = ["sold his boots", "lost the key", "sang all night", "burned the bread", "kissed the mast"]
WHY = [
    "for a cup of rum",
    "when the moon went down",
    "with the wind astern",
    "and he never told",
    "on a Sunday morn",
]


def music_shop(home: Path) -> None:
    rng = chance(51)
    records = []
    for number in range(90):
        tool, fault = rng.choice(TOOLS), rng.choice(list(FAULTS))
        ask = rng.choice(ASKS).format(tool=tool, fault=fault)
        reply = rng.choice(GREETINGS).format(tool=tool) + FAULTS[fault] + rng.choice(CLOSINGS)
        messages = [{"role": "user", "content": ask}, {"role": "assistant", "content": reply}]
        if number % 3 == 0:
            messages += [
                {"role": "user", "content": f"And how long is the wait for a {tool}?"},
                {"role": "assistant", "content": f"About {rng.randint(2, 9)} days just now."},
            ]
        records.append({"messages": messages})
    json_lines(home / "counter_chats.jsonl", records)


def tenancy(home: Path) -> None:
    rng = chance(52)
    records = []
    for number in range(100):
        topic, month = rng.choice(list(TOPICS)), rng.choice(MONTHS)
        ending = rng.choice(
            ["Keep every letter.", "Come in on Tuesday.", "Ring us if it drags on."]
        )
        records.append(
            {
                "slip": f"A{number:03d}",
                "volunteer": rng.choice(["jo", "sam", "priya"]),
                "visitor_asked": rng.choice(WORRIES).format(
                    start=rng.choice(STARTS), topic=topic, month=month
                ),
                "we_answered": f"In short, {topic} {TOPICS[topic]}. {ending}",
            }
        )
    json_lines(home / "advice_desk.jsonl", records)


def shanties(home: Path) -> None:
    rng = chance(53)
    verses = []
    for call in cycle(HAULS):
        lines = [f"{rng.choice(CREW)} {rng.choice(DEEDS)} {rng.choice(WHY)}," for _ in range(2)]
        refrain = f"    {call}, {call.lower()}!"
        last = f"And we're bound {rng.choice(WHERE)} with {rng.randint(3, 40)} days to run."
        verses.append("\n".join([lines[0], refrain, lines[1], refrain, last]))
        if len(verses) == 60:
            break
    (home / "songbook.txt").write_text("\n\n".join(verses) + "\n", encoding="utf-8")


DATASETS = {"music_shop_chats": music_shop, "tenancy_advice": tenancy, "shanty_book": shanties}
