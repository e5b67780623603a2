"""The second opinion: certificates checked again, sharing nothing with the engines that wrote them."""
