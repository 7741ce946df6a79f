Feature: The systems that do not have the flaw
  Exchange 2000 brings components that ask the second question; Windows XP Professional was tested; Exchange 5.0 cannot
  decide by authentication at all.

  @id:exchange-2000/refuses @ms02-011-c04 @ms02-011-c21
  Scenario Outline: Exchange 2000 refuses <role>, though Windows 2000 under it is unpatched
    Given the deployment exchange-2000-on-windows-2000
    When <role> sends mail to the remote recipient
    Then the mail is refused

    Examples:
      | role                           |
      | an anonymous client            |
      | a client with a wrong password |
      | the null session               |
      | the guest                      |
      | the unauthorized account       |

  @id:exchange-2000/serves @ms02-011-c04 @ms02-011-c21
  Scenario: Exchange 2000 serves the authorized account
    Given the deployment exchange-2000-on-windows-2000
    When the authorized account sends mail to the remote recipient
    Then AUTH is accepted
    And the mail is relayed

  @id:exchange-2000/advice @ms02-011-c21 @model-only
  Scenario: Exchange 2000 needs no patch for MS02-011; the Windows patch stays advisable for MS02-012
    Given the deployment exchange-2000-on-windows-2000
    When advice is asked for
    Then it is not affected by MS02-011
    And it is affected by MS02-012
    And Q313450 is advised for MS02-012 only
    And nothing else is advised
    When the null session sends mail to the remote recipient
    Then the mail is refused

  @id:exchange-2000/impossible @ms02-011-c21 @model-only
  Scenario Outline: Exchange 2000 on <system> is no deployment
    Given a deployment file that puts exchange-2000 on <system>
    Then the file is refused with "it runs on Windows 2000"

    Examples:
      | system                  |
      | windows-nt4             |
      | windows-xp-professional |
      | other                   |

  @id:windows-xp/refuses @ms02-011-c06
  Scenario Outline: Windows XP Professional refuses <role>
    Given the deployment windows-xp-professional
    When <role> sends mail to the remote recipient
    Then the mail is refused

    Examples:
      | role                           |
      | an anonymous client            |
      | a client with a wrong password |
      | the null session               |
      | the guest                      |
      | the unauthorized account       |

  @id:windows-xp/serves @ms02-011-c06
  Scenario: Windows XP Professional serves the authorized account
    Given the deployment windows-xp-professional
    When the authorized account sends mail to the remote recipient
    Then AUTH is accepted
    And the mail is relayed

  @id:windows-xp/advice @ms02-011-c06 @model-only
  Scenario: Windows XP Professional is affected by MS02-012 alone, and its patch is advised for that
    Given the deployment windows-xp-professional
    When advice is asked for
    Then it is not affected by MS02-011
    And it is affected by MS02-012
    And Q313450 is advised for MS02-012 only
    And nothing else is advised
    When the null session sends mail to the remote recipient
    Then the mail is refused
