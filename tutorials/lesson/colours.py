"""The colours of all pictures: Okabe and Ito (2008), distinguishable with every colour vision."""

BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"
INK, GREY, PALE, WHITE = "#222222", "#767676", "#E8E8E8", "#FFFFFF"
