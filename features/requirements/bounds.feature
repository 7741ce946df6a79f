Feature: What authentication does not give
  Whoever got past AUTH, rightly or wrongly, has not become the administrator of anyone's mail: it can neither fetch
  what waits for another domain nor read the list of users.

  Rule: A client cannot take over another domain's waiting mail

    @id:bounds/turn @must @ms02-011-c10
    Scenario Outline: TURN yields nothing to <role>
      Given the mail server
      And a connection of <role>
      When the client says "TURN"
      Then the server refuses

      Examples:
        | role                     |
        | an anonymous client      |
        | the null session         |
        | the unauthorized account |

    @id:bounds/atrn @must @ms02-011-c10
    Scenario Outline: ATRN for a domain of somebody else yields nothing to <role>
      Given the mail server
      And a connection of <role>
      When the client says "ATRN elsewhere.example"
      Then the server refuses

      Examples:
        | role                     |
        | an anonymous client      |
        | the null session         |
        | the unauthorized account |

  Rule: A client cannot list the members of a mailing list

    @id:bounds/expn @should @ms02-011-c10
    Scenario Outline: EXPN yields nothing to <role>
      Given the mail server
      And a connection of <role>
      When the client says "EXPN staff"
      Then the server refuses

      Examples:
        | role                     |
        | an anonymous client      |
        | the null session         |
        | the unauthorized account |
