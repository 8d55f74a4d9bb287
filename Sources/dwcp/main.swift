print("dwcp")
