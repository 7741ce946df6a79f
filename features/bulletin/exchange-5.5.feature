Feature: What Exchange 5.5 added
  From Service Pack 1 on, Exchange 5.5 can route for authenticated connections only. That is what 5.0 lacks, and what
  the flaw undoes.

  @id:exchange-5.5/authenticated-only @ms02-011-c15
  Scenario Outline: With the restriction on, <role> is <fate>
    Given the deployment exchange-5.5-on-nt4-restricted-patched
    When <role> sends mail to the remote recipient
    Then the mail is <fate>

    Examples:
      | role                   | fate    |
      | an anonymous client    | refused |
      | the authorized account | relayed |

  @id:exchange-5.5/unrestricted @ms02-011-c15
  Scenario Outline: Without the restriction, <role> relays
    Given the deployment exchange-5.5-on-nt4-patched
    When <role> sends mail to the remote recipient
    Then the mail is relayed

    Examples:
      | role                   |
      | an anonymous client    |
      | the authorized account |

  @id:exchange-5.5/windows-2000-patches @ms02-011-c20 @ms02-011-c03
  Scenario Outline: On Windows 2000 with <patches>, the mail of <role> is <fate>
    Given the deployment <deployment>
    When <role> sends mail to the remote recipient
    Then the mail is <fate>

    Examples:
      | patches                   | deployment                                              | role                     | fate    |
      | no patch                  | exchange-5.5-on-windows-2000-restricted                 | the null session         | relayed |
      | no patch                  | exchange-5.5-on-windows-2000-restricted                 | the unauthorized account | relayed |
      | no patch                  | exchange-5.5-on-windows-2000-restricted                 | the authorized account   | relayed |
      | the Windows patch alone   | exchange-5.5-on-windows-2000-restricted-windows-patch   | the null session         | relayed |
      | the Windows patch alone   | exchange-5.5-on-windows-2000-restricted-windows-patch   | the unauthorized account | relayed |
      | the Windows patch alone   | exchange-5.5-on-windows-2000-restricted-windows-patch   | the authorized account   | relayed |
      | the connector patch alone | exchange-5.5-on-windows-2000-restricted-connector-patch | the null session         | refused |
      | the connector patch alone | exchange-5.5-on-windows-2000-restricted-connector-patch | the unauthorized account | refused |
      | the connector patch alone | exchange-5.5-on-windows-2000-restricted-connector-patch | the authorized account   | relayed |
      | both patches              | exchange-5.5-on-windows-2000-restricted-both-patches    | the null session         | refused |
      | both patches              | exchange-5.5-on-windows-2000-restricted-both-patches    | the unauthorized account | refused |
      | both patches              | exchange-5.5-on-windows-2000-restricted-both-patches    | the authorized account   | relayed |

  @id:exchange-5.5/windows-2000-advice @ms02-011-c20 @model-only
  Scenario Outline: On Windows 2000 with <patches>, the connector patch is <needed>
    Given the deployment <deployment>
    Then no other service listens there
    When advice is asked for
    Then it is <affected> by MS02-011
    And the advice is <advice>
    And nothing else is advised
    When the null session sends mail to the remote recipient
    Then the mail is <fate>

    Examples:
      | patches                   | deployment                                              | affected     | advice              | needed       | fate    |
      | no patch                  | exchange-5.5-on-windows-2000-restricted                 | affected     | to install Q289258  | all it needs | relayed |
      | the Windows patch alone   | exchange-5.5-on-windows-2000-restricted-windows-patch   | affected     | to install Q289258  | all it needs | relayed |
      | the connector patch alone | exchange-5.5-on-windows-2000-restricted-connector-patch | not affected | to install no patch | there        | refused |
      | both patches              | exchange-5.5-on-windows-2000-restricted-both-patches    | not affected | to install no patch | there        | refused |

  @id:exchange-5.5/two-listeners @ms02-011-c20
  Scenario Outline: Where the native service listens too, the <listener> is judged for itself
    Given the deployment exchange-5.5-and-native-service:<listener>
    When the null session sends mail to the remote recipient
    Then the mail is <fate>

    Examples:
      | listener  | fate    |
      | connector | refused |
      | native    | relayed |

  @id:exchange-5.5/two-listeners-advice @ms02-011-c20 @model-only
  Scenario: Where the native service listens too, each listener is advised for itself
    Given the deployment exchange-5.5-and-native-service:native
    When advice is asked for
    Then it is affected by MS02-011
    And the advice is to install Q313450
    And nothing else is advised
    When the null session sends mail to the remote recipient
    Then the mail is relayed
    Given the deployment exchange-5.5-and-native-service:connector
    When advice is asked for
    Then it is not affected by MS02-011
    And the advice is to install no patch
    And nothing else is advised
    When the null session sends mail to the remote recipient
    Then the mail is refused
