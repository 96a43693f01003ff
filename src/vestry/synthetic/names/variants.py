"""What else a name may become: what people are called instead, and other spellings of the same name."""

from __future__ import annotations

from typing import Final

NICKNAMES: Final = {
    "Margaret": ("Maggie", "Peggy", "Meg"), "Patricia": ("Pat", "Trish"), "Susan": ("Sue",),
    "Christine": ("Chris",), "Elizabeth": ("Liz", "Betty", "Beth"),
    "Dorothy": ("Dot",), "Gillian": ("Gill",), "Valerie": ("Val",), "Kathleen": ("Kath",),
    "Judith": ("Judy",), "Winifred": ("Win",), "David": ("Dave",),
    "Michael": ("Mike", "Mick"), "Robert": ("Bob", "Rob"), "William": ("Bill", "Will"),
    "Anthony": ("Tony",), "Ronald": ("Ron",), "Raymond": ("Ray",), "James": ("Jim", "Jamie"),
    "Kenneth": ("Ken",), "Geoffrey": ("Geoff",), "Richard": ("Dick", "Rick"), "Terence": ("Terry",),
    "Frederick": ("Fred",), "Leonard": ("Len",), "Reginald": ("Reg",), "Donald": ("Don",),
    "John": ("Jack",), "Peter": ("Pete",), "Nicola": ("Nicky",), "Joanne": ("Jo",), "Michelle": ("Shell",),
    "Samantha": ("Sam",), "Victoria": ("Vicky",), "Catherine": ("Cathy", "Kate"), "Katherine": ("Kathy",
    "Kate"), "Rebecca": ("Becky",), "Deborah": ("Debbie",), "Amanda": ("Mandy",), "Jennifer": ("Jenny",),
    "Stephanie": ("Steph",), "Andrew": ("Andy", "Drew"), "Stephen": ("Steve",), "Steven": ("Steve",),
    "Christopher": ("Chris",), "Matthew": ("Matt",), "Daniel": ("Dan", "Danny"), "Jonathan": ("Jon",),
    "Nicholas": ("Nick",), "Philip": ("Phil",), "Timothy": ("Tim",), "Benjamin": ("Ben",),
    "Alexander": ("Alex", "Sandy"), "Edward": ("Ted", "Ed"), "Thomas": ("Tom",), "Joshua": ("Josh",),
    "Samuel": ("Sam",), "Joseph": ("Joe",), "Theodore": ("Theo",), "Isabella": ("Bella",),
    "Abigail": ("Abi",), "Jessica": ("Jess",), "Matilda": ("Tilly",), "Eleanor": ("Ellie",),
    "Patrick": ("Paddy", "Pat"), "Bridget": ("Bridie",), "Małgorzata": ("Gosia",), "Katarzyna": ("Kasia",),
    "Agnieszka": ("Aga",), "Krzysztof": ("Chris",), "Aleksandra": ("Ola",), "Oluwaseun": ("Seun",),
    "Chukwuemeka": ("Emeka",), "Alexandru": ("Alex",), "Babatunde": ("Tunde",), "Harpreet": ("Harry",),
    "Charles": ("Charlie", "Chas"), "George": ("Geordie",), "Edwin": ("Ted",), "Gerald": ("Gerry",),
    "Gerard": ("Gerry",), "Francis": ("Frank",), "Vincent": ("Vince",), "Douglas": ("Doug",), "Stanley":
    ("Stan",), "Sidney": ("Sid",), "Albert": ("Bert", "Albie"), "Herbert": ("Bert",), "Walter": ("Wally",),
    "Cyril": ("Cy",), "Percy": ("Perce",), "Leslie": ("Les",), "Clifford": ("Cliff",), "Desmond": ("Des",),
    "Maurice": ("Mo",), "Norman": ("Norm",), "Terry": ("Tel",), "Gregory": ("Greg",), "Graham": ("Gray",),
    "Russell": ("Russ",), "Duncan": ("Dunc",), "Adrian": ("Ade",), "Jeremy": ("Jerry",), "Lawrence":
    ("Larry", "Lol"), "Gareth": ("Gaz",), "Zachary": ("Zach",), "Frankie": ("Frank",), "Isaac": ("Zac",),
    "Gwendoline": ("Gwen",), "Marjorie": ("Marge",), "Josephine": ("Jo", "Josie"), "Rosemary": ("Rosie",),
    "Pamela": ("Pam",), "Jacqueline": ("Jackie", "Jacqui"), "Sandra": ("Sandy",), "Maureen": ("Mo",),
    "Brenda": ("Bren",), "Shirley": ("Shirl",), "Penelope": ("Penny",), "Hilary": ("Hils",), "Frances":
    ("Fran",), "Veronica": ("Ronnie",), "Geraldine": ("Gerry",), "Beverley": ("Bev",), "Philippa":
    ("Pippa",), "Felicity": ("Fliss",), "Alison": ("Ali",), "Kimberley": ("Kim",), "Melissa": ("Mel",),
    "Melanie": ("Mel",), "Natasha": ("Tasha",), "Charlotte": ("Lottie", "Charlie"), "Georgina": ("George",
    "Gina"), "Annabelle": ("Belle",), "Beatrice": ("Bea",), "Francesca": ("Fran",), "Arabella": ("Bella",),
    "Theresa": ("Terri",), "Teresa": ("Terri",), "Christina": ("Tina",), "Magdalena": ("Magda",),
    "Zuzanna": ("Zuza",), "Joanna": ("Asia",), "Barbara": ("Basia", "Babs"), "Stanisław": ("Stan",),
    "Grzegorz": ("Greg",), "Piotr": ("Peter",), "Paweł": ("Paul",), "Michał": ("Michael",), "Tomasz":
    ("Tom",), "Jan": ("John",), "Jakub": ("Kuba",), "Wojciech": ("Voytek",), "Bartosz": ("Bart",),
    "Ștefan": ("Stefan",), "Gheorghe": ("George",), "Mihai": ("Michael",), "Ion": ("John",), "Ana": ("Anna",),
    "Joao": ("John",), "Jose": ("Joe",), "Antonio": ("Tony",), "Adewale": ("Wale",), "Olusegun": ("Segun",),
    "Funmilayo": ("Funmi",), "Temitope": ("Temi",), "Chioma": ("Chi",), "Oluwaseyi": ("Seyi",), "Abdul":
    ("Ab",), "Muhammad": ("Mo",), "Mohammed": ("Mo",), "Mohamed": ("Mo",), "Gurpreet": ("Gary",), "Manjit":
    ("Manny",), "Balwinder": ("Bal",), "Sukhwinder": ("Suki",), "Harjit": ("Harry",), "Jaswinder": ("Jas",),
    "Rajesh": ("Raj",), "Priya": ("Pri",), "Miley": ("Miles",), "Winston": ("Winnie",),
}  # fmt: skip
"""Given name -> what the person may be called instead."""

SPELLINGS: Final = {
    "Mohammed": ("Mohammad", "Muhammad", "Mohamed", "Md"), "Muhammad": ("Mohammed", "Mohammad",
    "Muhammed"), "Mohammad": ("Mohammed", "Muhammad"), "Ahmed": ("Ahmad",), "Hussain": ("Hussein",
    "Husain"), "Aisha": ("Ayesha",), "Yusuf": ("Yousuf", "Yousef"), "Uddin": ("Udin",),
    "Chowdhury": ("Choudhury", "Chaudhry"), "Stephen": ("Steven",), "Catherine": ("Katherine", "Kathryn"),
    "Ann": ("Anne",), "Clarke": ("Clark",), "Clark": ("Clarke",), "Philip": ("Phillip",),
    "Phillips": ("Philips",), "Thompson": ("Thomson",), "Davies": ("Davis",), "Reilly": ("O'Reilly",
    "Riley"), "McLoughlin": ("McLaughlin",), "Doherty": ("Docherty",), "Sean": ("Shaun",),
    "Siobhan": ("Shivaun",), "Zofia": ("Sofia",), "Jakub": ("Jacob",), "Wong": ("Huang",),
    "Chan": ("Chen",), "Read": ("Reid",), "Matthews": ("Mathews",), "Nicholls": ("Nichols",),
    "Stephens": ("Stevens",), "Lee": ("Leigh",), "Graham": ("Graeme",), "Geoffrey": ("Jeffrey",),
    "Zainab": ("Zaynab",), "Sharma": ("Sharmah",), "Cook": ("Cooke",), "Begum": ("Begom", "Begam"),
    "Rahman": ("Rehman", "Rahaman"), "Miah": ("Mia", "Meah"), "Khatun": ("Khatoon",), "Choudhury":
    ("Chowdhury", "Chaudhury"), "Chaudhry": ("Choudhry", "Chaudhary"), "Siddiqui": ("Siddique",), "Sheikh":
    ("Shaikh",), "Qureshi": ("Qureishi",), "Yousaf": ("Yusuf", "Yousuf"), "Ayesha": ("Aisha", "Aysha"),
    "Fatima": ("Fathima", "Fatema"), "Mohamed": ("Mohammed", "Mahamed"), "Hussein": ("Hussain",), "Osman":
    ("Usman",), "Hoque": ("Haque", "Huq"), "Ayodele": ("Ayo",), "Adeyemi": ("Adeyemie",), "Kowalski":
    ("Kovalski",), "Wójcik": ("Woycik",), "Woźniak": ("Wozniak",), "Dumitru": ("Dumitri",), "Ionescu":
    ("Jonescu",), "Popescu": ("Popesku",), "Cheung": ("Cheong", "Zhang"), "Leung": ("Liang",), "Ng": ("Wu",),
    "Wu": ("Woo",), "Lau": ("Liu", "Low"), "Kaur": ("Kour",), "Dhillon": ("Dillon",), "Sandhu": ("Sandu",),
    "Patel": ("Pattel",), "Goncalves": ("Gonsalves",), "Connors": ("Connor", "O'Connor"), "Maughan":
    ("Mongan", "Maugham"), "Reynolds": ("Renolds",), "Pearce": ("Pierce",), "Nicholas": ("Nicolas",),
    "Alison": ("Allison",), "Lynn": ("Lynne",), "Tracey": ("Tracy",), "Kathryn": ("Catherine", "Katherine"),
    "Claire": ("Clare",), "Clare": ("Claire",), "Anthony": ("Antony",), "Jonathan": ("Jonathon",), "Stuart":
    ("Stewart",), "Alan": ("Allan", "Allen"), "Ian": ("Iain",), "Neil": ("Neal",), "Sara": ("Sarah",),
    "Sarah": ("Sara",), "Hannah": ("Hanna",), "Rebecca": ("Rebekah",), "Sophie": ("Sophy",), "Caitlin":
    ("Kaitlin",), "Zoe": ("Zoey",), "Megan": ("Meghan",), "Isabella": ("Isabela",), "Joanne": ("Joanna",),
    "Nicola": ("Nichola",), "Marian": ("Marion",), "Niamh": ("Neve",), "Aoife": ("Eefa",), "Saoirse":
    ("Sersha",), "Caoimhe": ("Keeva",), "Eoin": ("Owen",),
}  # fmt: skip
"""Name -> other spellings that a clerk may hear or a family may use."""

WESTERN: Final = {
    "F": (
        "Grace",
        "Amy",
        "Jenny",
        "Emily",
        "Helen",
        "Vivian",
        "Alice",
        "Fiona",
        "Joyce",
        "Esther",
        "Mercy",
        "Joy",
    ),
    "M": (
        "Kevin",
        "Jason",
        "Andy",
        "David",
        "Eric",
        "Tony",
        "Raymond",
        "Michael",
        "Daniel",
        "Samuel",
        "Victor",
    ),
}
"""Sex -> names that people with Chinese or Nigerian names may go by in English."""
