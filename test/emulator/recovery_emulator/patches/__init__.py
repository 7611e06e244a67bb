"""Changes to moto 5.2.x: each module replaces one thing that moto lacks or gets wrong, and says which."""
