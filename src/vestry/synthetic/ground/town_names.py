"""Names of invented places and streets, and the words that they are put together from."""

from __future__ import annotations

from typing import Final

from vestry.synthetic.chance import words

_FIRST: Final = words("""
    Thrup Wex Querne Brack Sallow Ould Fenn Marl Harl Dunna Pell Tarrow Hoxa Elm Wynd Corve Lunt Otter Skell
    Yarl Aske Burle Crane Drax Ember Frith Gorse Hethe Ingle Kerse Lathe Mawde Nettle Orle Peve Rudd Saxe Tibb
    Ulver Wether""")
_LAST: Final = words(
    "combe wold stead mere hurst bourne worth leigh den ford thorpe wick ham ley stoke bury cott field gate minster"
)

STREET_WORDS: Final = words("""
    Orchard Mill Church Station School Victoria Albert Park Manor Chapel Queens Kings Windmill Meadow Brook
    Beech Oak Ash Cherry Hawthorn Lime Chestnut Willow Poplar Rowan Maple Cedar Holly Ivy Lark Swallow
    Kestrel Heron Wren Robin Falcon Granary Saddlers Coopers Fletchers Tanners Weavers Drovers Shepherds
    Ploughman Harvest Barley Clover Primrose Bluebell Foxglove Heather Bramble Nightingale Cromwell Nelson
    Wellington Wesley Alma Balmoral Sandringham Osprey Quarry Pound Dovecote Abbots Priory Monks Pilgrims
    Chandlers Potters Lantern Mallard Plover Bittern Marsh Reed Sedge Rope Anchor Ferry Wharf Lock Weir Tithe
    Pightle Croft Glebe Rectory Vicarage Spinney Copse Dell Warren Badger Squirrel Larch Juniper Hazel Walnut
    Mulberry Damson Quince Linden Sycamore Elder Blackthorn Gorse Bracken Fern Thistle Cowslip Campion Vetch
    Sorrel Teasel Yarrow Cornflower Poppy Lavender Rosemary Thyme Jasmine Magnolia Camellia Laburnum Acacia""")
STREET_KINDS: Final = words(
    "Road Street Avenue Close Lane Drive Way Crescent Gardens Grove Place Court Walk Rise"
)
STREET_BEFORE: Final = ("", "Upper ", "Lower ", "Old ", "New ", "Great ", "Little ", "North ", "South ")
HOUSE_NAMES: Final = tuple(
    name.replace("_", " ")
    for name in words("""
    Rose_Cottage The_Old_Bakery Wayside The_Laurels Fairview Ivy_Cottage The_Old_Forge Brook_House Windyridge
    The_Gables Orchard_House Keepers_Cottage The_Old_School_House Hillcrest The_Limes Sunnyside Woodlands
    The_Old_Post_Office Holly_Cottage Greenways The_Cottage Two_Acres Lavender_Cottage The_Coach_House
    Beech_House Meadow_View Hawthorns The_Willows The_Firs Thatched_Cottage""")
)
FARM_NAMES: Final = tuple(
    name.replace("_", " ")
    for name in words("""
    Hill_Farm Lodge_Farm Manor_Farm Home_Farm Church_Farm Grange_Farm Park_Farm Hall_Farm Marsh_Farm Mill_Farm
    Wood_Farm Green_Farm Fen_Farm Bridge_Farm Rectory_Farm Top_Farm Low_Farm Moat_Farm White_House_Farm
    Red_House_Farm Poplar_Farm Elm_Farm Valley_Farm Brook_Farm Abbey_Farm Warren_Farm""")
)


def place_name(index: int) -> str:
    """The invented name of the `index`-th village or ward; all differ for eight hundred, and have a number after."""
    first, last = _FIRST[index % len(_FIRST)], _LAST[index * 7 // len(_FIRST) % len(_LAST)]
    again = index // (len(_FIRST) * len(_LAST))
    return f"{first}{last}" + (f" {again + 1}" if again else "")
