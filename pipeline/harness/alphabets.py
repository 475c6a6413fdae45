"""Which signs people write in which language: the evidence by which an unnamed encoding is told."""

# Small letters beyond a to z, by language; the encodings that a file in it would be in come first.
LATIN: dict[str, str] = {
    "French": "éèêàâçùûôîïëœ",
    "German": "äöüß",
    "Spanish": "áéíóúñü",
    "Portuguese": "ãõáéíóúâêôçà",
    "Italian": "àèéìíòóùú",
    "Nordic": "åäöæøé",
    "Dutch": "ëéïèöü",
    "Icelandic": "þðæáéíóúýö",
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Croatian": "čćđšž",
    "Romanian": "ăâîşţșț",
    "Turkish": "çğıöşüâî",
    "Baltic": "ąčęėįšųūžāēģīķļņõäöü",
}
# Languages in which k, z, j, v and w are common; elsewhere they are rare.
SLAVIC = frozenset(("Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Baltic"))
OTHERS: dict[str, str] = {
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "Ukrainian": "оаиніетсрвлкмдпуяьгзбчйхжшюцщєїґф",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآءئؤ",
}
# Signs that stand in text of any language.
SIGNS = frozenset(
    "£°§©®«»·½²³µ\u00d7¿¡ºª±¼¾¹÷\u00a0€™•№"
    "\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u2039\u203a"
)
MATHS = frozenset("²³µ\u00d7¼½¾¹÷ºª")
# Dots, brackets and quotes of Chinese and Japanese, and all ASCII in full width.
SIGNS_OF_EAST = (
    SIGNS
    | frozenset("、。「」『』《》〈〉【】・ー\u3000")
    | frozenset(map(chr, range(0xFF01, 0xFF5F)))
)

# The commonest ideographs, which make up most of what is written in each language.
CHINESE = frozenset(
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
    "小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
    "知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最"
    "间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市"
    "京南州广深圳武汉成都安杭苏津区县省路街店品价格号数据量元男产质服务快递购买不错满意差评推荐喜欢"
)
TAIWANESE = frozenset(
    "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後"
    "小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長"
    "知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最"
    "間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市"
    "臺北高雄台南中新竹區縣路街店品價格號數據量元男質服務購買不錯滿意差評推薦喜歡"
)
JAPANESE = frozenset(
    "日一人年大本中国会出上東京都道府県市区町村山川田島北海西南大阪名古屋神奈横浜千葉埼玉福岡広島仙台札幌"
    "学生時間前後今行見気者分長社事自手部高月火水木金土円年目入力作用開始終地場所新小同下子女男家店品質点"
    "良悪価格番号商注文配送届早使思言話食飲天安心全体度回数量単位名住電車駅森林野原石井佐藤鈴木高橋伊渡辺"
)
